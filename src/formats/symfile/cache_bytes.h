// CacheBytes are bytes of a symbol cache: in memory, or behind a CacheSource that reads what is asked for.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::symfile {

// Gives the bytes of a cache. Safe for any number of threads.
class CacheSource {
 public:
  virtual ~CacheSource() = default;

  // In bytes; never changes.
  virtual std::uint64_t size() const = 0;

  // Fills `target` with the bytes from `offset` on. False if they can not be had. `target` ends inside the
  // cache.
  virtual bool Read(std::uint64_t offset, std::span<std::byte> target) const = 0;
};

// Borrows the memory or the source. Like a span it is passed by value.
class CacheBytes {
 public:
  CacheBytes() = default;
  template <std::convertible_to<base::Bytes> Memory>
  CacheBytes(const Memory& memory) : memory_(memory), size_(memory_.size()) {}
  explicit CacheBytes(const CacheSource& source) : source_(&source), size_(source.size()) {}

  std::uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The part [offset, offset + size), or nothing if it is not all there. Reads nothing.
  std::optional<CacheBytes> Slice(std::uint64_t offset, std::uint64_t size) const {
    if (!base::RangeFits<std::uint64_t>(offset, size, size_)) return std::nullopt;
    CacheBytes part = *this;
    part.size_ = size;
    if (source_ == nullptr) {
      part.memory_ = memory_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    } else {
      part.begin_ += offset;
    }
    return part;
  }

  // The bytes [offset, offset + size): a view of memory, or else read into `scratch`, which holds at least as
  // many. Nothing if they are not all there.
  std::optional<base::Bytes> View(std::uint64_t offset, std::size_t size,
                                  std::span<std::byte> scratch) const {
    if (source_ == nullptr) return base::Slice(memory_, offset, size);
    if (!base::RangeFits<std::uint64_t>(offset, size, size_) || size > scratch.size()) return std::nullopt;
    const std::span<std::byte> target = scratch.first(size);
    if (!source_->Read(begin_ + offset, target)) return std::nullopt;
    return target;
  }
  // The same where the size is known only now: `scratch` grows as it must.
  std::optional<base::Bytes> View(std::uint64_t offset, std::size_t size,
                                  std::vector<std::byte>& scratch) const {
    if (!base::RangeFits<std::uint64_t>(offset, size, size_)) return std::nullopt;
    if (source_ != nullptr && scratch.size() < size) scratch.resize(size);
    return View(offset, size, std::span<std::byte>(scratch));
  }

  // All bytes from `offset` on that are in memory, or else as many as there are and `scratch` holds.
  base::Bytes ViewUpTo(std::uint64_t offset, std::span<std::byte> scratch) const {
    if (offset > size_) return {};
    if (source_ == nullptr) return memory_.subspan(static_cast<std::size_t>(offset));
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), size_ - offset));
    return View(offset, size, scratch).value_or(base::Bytes());
  }

  // The number at `offset`, or 0 where the bytes end before it does.
  template <std::unsigned_integral T>
  T At(std::uint64_t offset) const {
    std::array<std::byte, sizeof(T)> scratch;
    const auto bytes = View(offset, sizeof(T), std::span<std::byte>(scratch));
    T value = 0;
    if (bytes) std::memcpy(&value, bytes->data(), sizeof(T));
    return value;
  }

  // Asks the processor to bring what lies in memory.
  void Prefetch(std::uint64_t offset, std::size_t size) const {
    constexpr std::size_t kCacheLine = 64;
    const auto bytes = base::Slice(memory_, offset, size);
    if (!bytes) return;
    for (std::size_t line = 0; line < size; line += kCacheLine) __builtin_prefetch(bytes->data() + line);
  }

 private:
  base::Bytes memory_;
  const CacheSource* source_ = nullptr;  // Null: the bytes are memory_.
  std::uint64_t begin_ = 0;              // In the source.
  std::uint64_t size_ = 0;
};

}  // namespace cairn::symfile
