// Tells at a glance whether a line of a function's block can say anything of an address.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace cairn::symfile {

inline constexpr auto kHexDigits = [] {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t i = 0; i < 10; ++i) digits['0' + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < 6; ++i) {
    digits['a' + i] = digits['A' + i] = static_cast<std::int8_t>(10 + i);
  }
  return digits;
}();

// Not for others than MayCover.
namespace cover {

inline constexpr std::size_t kMaxDigits = 16;

// Takes a hexadecimal number and the one blank behind it, or the line's end; false for anything else.
inline bool TakePlainHex(std::string_view line, std::size_t& position, std::uint64_t& value) {
  const std::size_t begin = position;
  value = 0;
  for (; position < line.size(); ++position) {
    const std::int8_t digit = kHexDigits[static_cast<unsigned char>(line[position])];
    if (digit < 0) break;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  const std::size_t digits = position - begin;
  if (digits == 0 || digits > kMaxDigits) return false;
  if (position == line.size() || line[position] == '\r') return true;
  return line[position++] == ' ';
}

inline bool RowMayCover(std::string_view line, std::uint64_t address) {
  std::size_t position = 0;
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  if (!TakePlainHex(line, position, start) || !TakePlainHex(line, position, size)) return true;
  return address >= start && address - start < size;
}

// In front of the ranges stand three numbers in the old form and four in the new: with the fourth, the count
// of all is even. So both are tried until the count is known.
inline bool InlineMayCover(std::string_view line, std::size_t position, std::uint64_t address) {
  for (int field = 0; field < 3; ++field) {
    const std::size_t end = line.find(' ', position);
    if (end == std::string_view::npos || end == position) return true;
    position = end + 1;
  }
  std::array<bool, 2> covers{};  // By whether a range begins at an even or an odd field.
  std::size_t field = 3;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  for (std::uint64_t value = 0; position < line.size() && line[position] != '\r'; ++field) {
    if (!TakePlainHex(line, position, value)) return true;
    if (address >= last && address - last < value) covers[(field - 1) % 2] = true;
    last = value;
  }
  return covers[field % 2];
}

}  // namespace cover

// False only for a line row or an INLINE record that does not cover `address`; what is not plainly one of
// them may cover anything, and is the parser's matter. A function's block has thousands of lines of which a
// lookup needs some five.
inline bool MayCover(std::string_view line, std::uint64_t address) {
  constexpr std::string_view kInline = "INLINE ";
  if (line.starts_with(kInline)) return cover::InlineMayCover(line, kInline.size(), address);
  return cover::RowMayCover(line, address);
}

}  // namespace cairn::symfile
