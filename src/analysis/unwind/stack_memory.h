// StackMemory is the memory that a walk may read: the thread's stack, and whatever else the dump holds.
//
// A frame may lie outside the thread's own stack (a signal handler has a stack of its own), and a rule may
// read elsewhere; the range that was given first answers without a search.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "model/address.h"
#include "model/memory_view.h"

namespace cairn::unwind {

class StackMemory {
 public:
  StackMemory() = default;
  // A pointer has 4 or 8 bytes. `others` must be sorted by start and may hold the stack too; all is borrowed.
  explicit StackMemory(model::MemoryView stack, int pointer_bytes = 8,
                       std::endian order = std::endian::little,
                       std::span<const model::MemoryView> others = {})
      : stack_(stack), others_(others), pointer_bytes_(pointer_bytes), order_(order) {}

  // The pointer at `address`, or nothing if the dump does not hold all of it. Addresses of 32-bit CPUs are
  // taken modulo 2^32: rules compute with 64 bits.
  std::optional<std::uint64_t> ReadPointer(std::uint64_t address) const {
    return ReadIn(FindRange(address), Wrap(address));
  }
  bool HasPointer(std::uint64_t address) const { return ReadPointer(address).has_value(); }

  // Whether one range holds both addresses, such as a stack pointer and a frame pointer of one stack.
  bool AreInOneRange(std::uint64_t first, std::uint64_t second) const {
    return FindRange(first).Contains({Wrap(first)}) && FindRange(first).Contains({Wrap(second)});
  }

  // Up to `count` bytes that end right before `address`; fewer or none where the dump lacks them.
  base::Bytes BytesBefore(std::uint64_t address, std::size_t count) const;

  // `value` as an address or register of this CPU: without what does not fit a pointer.
  std::uint64_t Wrap(std::uint64_t value) const { return pointer_bytes_ == 4 ? value & 0xffffffff : value; }
  int pointer_bytes() const { return pointer_bytes_; }

 private:
  // The range that holds `address`, if any does.
  model::MemoryView FindRange(std::uint64_t address) const {
    const model::ProcessAddress wrapped{Wrap(address)};
    return stack_.Contains(wrapped) ? stack_
                                    : model::FindMemory(others_, wrapped).value_or(model::MemoryView());
  }

  std::optional<std::uint64_t> ReadIn(const model::MemoryView& range, std::uint64_t address) const {
    if (address < range.start.value) return std::nullopt;
    const auto slice =
        base::Slice(range.bytes, address - range.start.value, static_cast<std::uint64_t>(pointer_bytes_));
    if (!slice) return std::nullopt;
    base::ByteReader reader(*slice, order_);
    return pointer_bytes_ == 4 ? reader.Read<std::uint32_t>() : reader.Read<std::uint64_t>();
  }

  model::MemoryView stack_;
  std::span<const model::MemoryView> others_;
  int pointer_bytes_ = 8;
  std::endian order_ = std::endian::little;
};

}  // namespace cairn::unwind
