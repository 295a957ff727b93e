#include <cstdlib>
#include <span>

#include "formats/packed/cabinet.h"
#include "formats/packed/gzip.h"
#include "formats/packed/section_data.h"

// Unpacks arbitrary bytes in every way; what comes out keeps the limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const base::Bytes bytes = std::as_bytes(std::span(data, size));
  const packed::UnpackLimits limits{.max_bytes = std::uint64_t{1} << 22};
  for (const std::uint64_t unpacked : {std::uint64_t{64}, std::uint64_t{100'000}, limits.max_bytes + 1}) {
    const auto zlib = packed::UnpackZlib(bytes, unpacked, limits);
    const auto zstd = packed::UnpackZstd(bytes, unpacked, limits);
    if ((zlib && zlib->size() != unpacked) || (zstd && zstd->size() != unpacked)) std::abort();
  }
  const auto gzip = packed::UnpackGzip(bytes, limits);
  if (gzip && gzip->size() > limits.max_bytes) std::abort();
  const auto cabinet = packed::UnpackCabinet(bytes, limits);
  if (cabinet && cabinet->size() > limits.max_bytes) std::abort();
  return 0;
}
