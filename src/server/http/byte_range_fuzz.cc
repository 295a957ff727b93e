// Any text as a header: a range that is taken is not empty and lies within the file.
#include "server/http/byte_range.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cairn::http::RangeWish;
  const std::string_view header(static_cast<const char*>(static_cast<const void*>(data)), size);
  for (const std::uint64_t file_bytes : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}}) {
    const RangeWish wish = cairn::http::ParseRange(header, file_bytes);
    if (wish.kind != RangeWish::Kind::kRange) continue;
    if (wish.range.begin >= wish.range.end || wish.range.end > file_bytes) std::abort();
  }
  return 0;
}
