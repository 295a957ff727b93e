// ByteSink puts numbers, text and bytes one behind the other, in either byte order: how tests write binary
// formats.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::testing {

class ByteSink {
 public:
  explicit ByteSink(std::endian order = std::endian::little) : order_(order) {}

  ByteSink& U8(std::uint8_t value) { return Number(value); }
  ByteSink& U16(std::uint16_t value) { return Number(value); }
  ByteSink& U32(std::uint32_t value) { return Number(value); }
  ByteSink& U64(std::uint64_t value) { return Number(value); }

  ByteSink& Bytes(base::Bytes bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteSink& Text(std::string_view text) { return Bytes(base::AsBytes(text)); }
  ByteSink& Zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  ByteSink& AlignTo(std::size_t alignment) {
    return Zeros((alignment - bytes_.size() % alignment) % alignment);
  }

  // Overwrites the u32 at `offset`, for sizes and places that are known only later.
  void PatchU32(std::size_t offset, std::uint32_t value) {
    ByteSink number(order_);
    number.U32(value);
    for (std::size_t i = 0; i < number.size(); ++i) bytes_.at(offset + i) = number.bytes_[i];
  }

  std::size_t size() const { return bytes_.size(); }
  std::endian order() const { return order_; }
  const std::vector<std::byte>& bytes() const { return bytes_; }
  std::vector<std::byte> Take() { return std::move(bytes_); }

 private:
  template <std::unsigned_integral T>
  ByteSink& Number(T value) {
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    if (order_ != std::endian::native) {
      for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
    }
    return Bytes(bytes);
  }

  std::vector<std::byte> bytes_;
  std::endian order_;
};

// Instructions of four bytes each.
inline std::vector<std::byte> CodeBytes(const std::vector<std::uint32_t>& words,
                                        std::endian order = std::endian::little) {
  ByteSink sink(order);
  for (const std::uint32_t word : words) sink.U32(word);
  return sink.Take();
}

}  // namespace cairn::testing
