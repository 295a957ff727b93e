// StackMemory is the memory of one thread's stack, as far as the dump holds it.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "model/address.h"

namespace cairn::unwind {

class StackMemory {
 public:
  StackMemory() = default;
  // [start, start + bytes.size()) must not wrap. Borrows `bytes`. A pointer has 4 or 8 bytes.
  StackMemory(model::ProcessAddress start, base::Bytes bytes, int pointer_bytes = 8,
              std::endian order = std::endian::little)
      : start_(start.value), bytes_(bytes), pointer_bytes_(pointer_bytes), order_(order) {}

  // The pointer at `address`, or nothing if it is not wholly in the stack.
  std::optional<std::uint64_t> ReadPointer(std::uint64_t address) const {
    if (address < start_) return std::nullopt;
    const auto slice = base::Slice(bytes_, address - start_, static_cast<std::uint64_t>(pointer_bytes_));
    if (!slice) return std::nullopt;
    base::ByteReader reader(*slice, order_);
    return pointer_bytes_ == 4 ? reader.Read<std::uint32_t>() : reader.Read<std::uint64_t>();
  }

  bool HasPointer(std::uint64_t address) const { return ReadPointer(address).has_value(); }

 private:
  std::uint64_t start_ = 0;
  base::Bytes bytes_;
  int pointer_bytes_ = 8;
  std::endian order_ = std::endian::little;
};

}  // namespace cairn::unwind
