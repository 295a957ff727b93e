#include <cstdlib>
#include <span>

#include "formats/packed/cabinet.h"
#include "formats/packed/gzip.h"

// Unpacks arbitrary bytes both ways; what comes out keeps the limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const base::Bytes bytes = std::as_bytes(std::span(data, size));
  const packed::UnpackLimits limits{.max_bytes = std::uint64_t{1} << 22};
  const auto gzip = packed::UnpackGzip(bytes, limits);
  if (gzip && gzip->size() > limits.max_bytes) std::abort();
  const auto cabinet = packed::UnpackCabinet(bytes, limits);
  if (cabinet && cabinet->size() > limits.max_bytes) std::abort();
  return 0;
}
