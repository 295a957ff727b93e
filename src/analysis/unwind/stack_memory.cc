#include "analysis/unwind/stack_memory.h"

#include <algorithm>

namespace cairn::unwind {

MemoryView StackMemory::FindOther(std::uint64_t address) const {
  auto next = std::ranges::upper_bound(others_, model::ProcessAddress{address}, {}, &MemoryView::start);
  // A range inside a larger one hides the larger one's tail: a dump's pieces around registers and code lie
  // inside stacks. A few steps back find it in every dump seen.
  constexpr int kMaxStepsBack = 8;
  for (int i = 0; i < kMaxStepsBack && next != others_.begin(); ++i) {
    --next;
    if (next->Contains(address)) return *next;
  }
  return {};
}

base::Bytes StackMemory::BytesBefore(std::uint64_t address, std::size_t count) const {
  const std::uint64_t last = Wrap(address - 1);
  const MemoryView range = FindRange(last);
  if (!range.Contains(last)) return {};
  const auto end = static_cast<std::size_t>(last - range.start.value + 1);
  const std::size_t size = std::min(count, end);
  return range.bytes.subspan(end - size, size);
}

}  // namespace cairn::unwind
