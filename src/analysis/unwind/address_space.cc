#include "analysis/unwind/address_space.h"

#include <algorithm>

namespace cairn::unwind {

AddressSpace::AddressSpace(const std::vector<model::Module>& modules,
                           const std::vector<model::MemoryMapping>& mappings)
    : mappings_known_(!mappings.empty()) {
  modules_.reserve(modules.size());
  bases_.reserve(modules.size());
  for (std::size_t i = 0; i < modules.size(); ++i) {
    bases_.push_back(modules[i].base);
    if (modules[i].size <= modules[i].own_start) continue;
    const std::uint64_t base = modules[i].base.value;
    modules_.push_back(
        {base + modules[i].own_start, base + (modules[i].size - 1), static_cast<std::uint32_t>(i)});
  }
  for (const model::MemoryMapping& mapping : mappings) {
    if (mapping.start >= mapping.end) continue;
    (mapping.executable ? executable_ : data_).push_back({mapping.start.value, mapping.end.value - 1, 0});
  }
  for (const std::vector<Range>* const ranges : {&modules_, &executable_}) {
    for (const Range& range : *ranges) highest_code_address_ = std::max(highest_code_address_, range.last);
  }
  std::ranges::sort(modules_, {}, &Range::start);
  std::ranges::sort(executable_, {}, &Range::start);
  std::ranges::sort(data_, {}, &Range::start);
}

const AddressSpace::Range* AddressSpace::Find(const std::vector<Range>& ranges, std::uint64_t address) {
  // Most words of a stack are numbers or places in the stack, below or above all code.
  if (ranges.empty() || address < ranges.front().start || address > ranges.back().last) return nullptr;
  const auto next = std::ranges::upper_bound(ranges, address, {}, &Range::start);
  const Range& range = *std::prev(next);
  return address <= range.last ? &range : nullptr;
}

std::optional<std::uint32_t> AddressSpace::FindModule(model::ProcessAddress address) const {
  const Range* const range = Find(modules_, address.value);
  if (range == nullptr) return std::nullopt;
  return range->module;
}

std::optional<bool> AddressSpace::IsExecutable(model::ProcessAddress address) const {
  if (!mappings_known_) return std::nullopt;
  return Find(executable_, address.value) != nullptr;
}

bool AddressSpace::MayHoldCode(model::ProcessAddress address) const {
  if (!mappings_known_ || Find(executable_, address.value) != nullptr) return true;
  return Find(modules_, address.value) != nullptr && Find(data_, address.value) == nullptr;
}

}  // namespace cairn::unwind
