// Unsigned numbers of any width up to 32 bits, packed without gaps: the lowest bits of a byte come first.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::symfile {

// Behind packed bits there are always this many bytes, so that a reader can take eight bytes at once
// anywhere.
inline constexpr std::size_t kBitPadding = 8;

// The number of `width` bits that begins at `bit`; 0 where the bytes end before.
inline std::uint32_t BitsAt(base::Bytes bytes, std::uint64_t bit, std::uint32_t width) {
  const std::uint64_t offset = bit / 8;
  if (offset > bytes.size() || bytes.size() - offset < sizeof(std::uint64_t)) return 0;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + offset, sizeof(word));
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  return static_cast<std::uint32_t>(word >> (bit % 8) & mask);
}

inline std::uint32_t BitsOf(std::uint32_t value) { return static_cast<std::uint32_t>(std::bit_width(value)); }

// Appends packed numbers to bytes. Ends with Align.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& bytes) : bytes_(bytes) {}

  // `value` must fit in `width` bits.
  void Put(std::uint32_t value, std::uint32_t width) {
    pending_ |= std::uint64_t{value} << count_;
    count_ += width;
    if (count_ < 32) return;
    Flush(4);
    pending_ >>= 32;
    count_ -= 32;
  }

  // Writes what is pending; the next number begins at a byte of its own.
  void Align() {
    Flush((count_ + 7) / 8);
    pending_ = 0;
    count_ = 0;
  }

 private:
  void Flush(std::size_t size) {
    std::array<std::byte, 8> word;
    for (std::size_t i = 0; i < word.size(); ++i)
      word[i] = static_cast<std::byte>(pending_ >> (8 * i) & 0xff);
    bytes_.insert(bytes_.end(), word.begin(), word.begin() + static_cast<std::ptrdiff_t>(size));
  }

  std::vector<std::byte>& bytes_;
  std::uint64_t pending_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace cairn::symfile
