// What a client asks for of a file by the header Range (RFC 9110, section 14.1.2).
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::http {

// Half-open.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct RangeWish {
  enum class Kind : std::uint8_t {
    kWhole,    // No range that is understood here: another unit, several ranges, or broken. It is ignored.
    kRange,    // `range`, which is not empty and lies within the file.
    kNowhere,  // It begins behind the end of the file.
  };
  Kind kind = Kind::kWhole;
  ByteRange range;
};

RangeWish ParseRange(std::string_view header, std::uint64_t file_bytes);

}  // namespace cairn::http
