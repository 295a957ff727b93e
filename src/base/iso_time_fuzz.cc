// Any text as a time, and as hex digits.
#include "base/iso_time.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/hex.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  (void)base::ParseIso(text);
  const auto number = base::ParseHex(text);
  if (number && base::ParseHex(base::ToHex(*number)) != number) std::abort();
  const auto bytes = base::HexToBytes(text);
  if (bytes && base::HexToBytes(base::BytesToHex(*bytes)) != bytes) std::abort();
  return 0;
}
