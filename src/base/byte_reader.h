// ByteReader takes numbers and slices out of untrusted bytes, in order, and remembers the first failure.
//
// A read past the end gives zero and sets ok() to false for good; so a caller may read a whole structure and
// check once. The reader borrows its bytes: they must outlive it and every slice that it gave. Numbers may be
// of either byte order and at any alignment.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/checked_math.h"

namespace cairn::base {

using Bytes = std::span<const std::byte>;

// The bytes [offset, offset + size) of `bytes`, or nothing if they are not all there.
constexpr std::optional<Bytes> Slice(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  if (!RangeFits<std::uint64_t>(offset, size, bytes.size())) return std::nullopt;
  return bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

// The same memory seen as text or as bytes. Neither copies.
inline std::string_view AsText(Bytes bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}
inline Bytes AsBytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes, std::endian order = std::endian::little) : bytes_(bytes), order_(order) {}

  template <std::integral T>
  T Read() {
    T value = 0;
    if (!ok_ || sizeof(T) > remaining()) {
      ok_ = false;
      return 0;
    }
    std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
    offset_ += sizeof(T);
    if constexpr (sizeof(T) > 1) {
      if (order_ != std::endian::native) value = Swap(value);
    }
    return value;
  }

  // The next `size` bytes, or an empty span and ok() false.
  Bytes ReadBytes(std::uint64_t size) {
    if (!ok_ || size > remaining()) {
      ok_ = false;
      return {};
    }
    const Bytes slice = bytes_.subspan(offset_, static_cast<std::size_t>(size));
    offset_ += static_cast<std::size_t>(size);
    return slice;
  }

  // Reads a u32 count of elements of `element_size` bytes that follow. A count that the rest cannot hold is a
  // failure, so what is returned is safe to reserve.
  std::uint32_t ReadCount(std::size_t element_size) {
    const auto count = Read<std::uint32_t>();
    if (element_size != 0 && count > remaining() / element_size) {
      ok_ = false;
      return 0;
    }
    return count;
  }

  void Skip(std::uint64_t size) { ReadBytes(size); }

  // Goes on at `offset` from the start.
  void Seek(std::uint64_t offset) {
    if (offset > bytes_.size()) {
      ok_ = false;
      return;
    }
    offset_ = static_cast<std::size_t>(offset);
  }

  bool ok() const { return ok_; }
  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }
  std::endian order() const { return order_; }

 private:
  template <std::integral T>
  static T Swap(T value) {
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
    return std::bit_cast<T>(bytes);
  }

  Bytes bytes_;
  std::size_t offset_ = 0;
  std::endian order_;
  bool ok_ = true;
};

}  // namespace cairn::base
