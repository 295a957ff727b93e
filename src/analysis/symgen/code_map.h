// Where code lies in a module, so that what debug information says of dropped code is told from the rest:
// linkers leave its addresses at zero, at -1 or wherever the symbol's offset alone leads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/symgen/debug_info.h"

namespace cairn::symgen {

class CodeMap {
 public:
  // `ranges` as offsets from the module's first byte, whose link address is `load_base`.
  CodeMap(std::vector<AddressRange> ranges, std::uint64_t load_base)
      : ranges_(std::move(ranges)), load_base_(load_base) {
    std::ranges::sort(ranges_, {}, &AddressRange::start);
  }

  // [low, high) in link addresses as offsets, cut at the end of the code that holds `low`; nothing if none
  // does.
  std::optional<AddressRange> Find(std::uint64_t low, std::uint64_t high) const {
    if (low >= high || low < load_base_) return std::nullopt;
    const model::ModuleOffset start{low - load_base_};
    const auto after = std::ranges::upper_bound(ranges_, start, {}, &AddressRange::start);
    if (after == ranges_.begin() || !after[-1].Contains(start)) return std::nullopt;
    return AddressRange{start, std::min(high - low, after[-1].end() - start.value)};
  }

  bool Contains(model::ModuleOffset offset) const {
    const std::uint64_t address = offset.value + load_base_;
    return Find(address, address + 1).has_value();
  }

 private:
  std::vector<AddressRange> ranges_;
  std::uint64_t load_base_;
};

}  // namespace cairn::symgen
