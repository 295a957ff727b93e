// AnswerTable keeps the last answers to questions about addresses, a fixed number of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace cairn::symfile {

// An address has one place, which the next address of that place takes over. Safe for any number of threads.
template <typename Answer>
class AnswerTable {
 public:
  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };

  std::optional<Answer> Find(std::uint64_t address) const {
    const std::lock_guard lock(mutex_);
    const Slot& slot = slots_[PlaceOf(address)];
    const bool is_hit = slot.answer.has_value() && slot.address == address;
    ++(is_hit ? counts_.hits : counts_.misses);
    return is_hit ? slot.answer : std::nullopt;
  }

  void Keep(std::uint64_t address, Answer answer) {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[PlaceOf(address)];
    slot.address = address;
    slot.answer = std::move(answer);
  }

  Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  static constexpr std::size_t kSlots = 256;  // Frames of a process repeat: its threads wait in few places.
  struct Slot {
    std::uint64_t address = 0;
    std::optional<Answer> answer;
  };

  static std::size_t PlaceOf(std::uint64_t address) {
    constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;  // Spreads neighbours.
    return static_cast<std::size_t>(address * kGoldenRatio >> 56) % kSlots;
  }

  mutable std::mutex mutex_;  // Guards all below.
  std::array<Slot, kSlots> slots_;
  mutable Counts counts_;
};

}  // namespace cairn::symfile
