#include "analysis/unwind/stack_memory.h"

#include <algorithm>

namespace cairn::unwind {

base::Bytes StackMemory::BytesBefore(std::uint64_t address, std::size_t count) const {
  const std::uint64_t last = Wrap(address - 1);
  const model::MemoryView range = FindRange(last);
  if (!range.Contains({last})) return {};
  const auto end = static_cast<std::size_t>(last - range.start.value + 1);
  const std::size_t size = std::min(count, end);
  return range.bytes.subspan(end - size, size);
}

}  // namespace cairn::unwind
