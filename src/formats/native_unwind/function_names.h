// FunctionNames answers which of a binary's own symbols names an address. Such symbols are few in a stripped
// binary, so a name counts only as far as its function is known to reach.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/address.h"
#include "model/module_symbols.h"

namespace cairn::native {

struct NamedFunction {
  std::string_view name;  // Borrowed from the file.
  model::ModuleOffset start;
  std::uint64_t size = 0;  // Zero: unknown.
};

class FunctionNames {
 public:
  // Of several names for one address the first counts.
  explicit FunctionNames(std::vector<NamedFunction> functions);

  // `unwind_start` is where the unwind tables' range begins that holds `offset`, if there is one: it bounds
  // names whose size is not known.
  std::optional<model::SymbolizedAddress> Find(model::ModuleOffset offset,
                                               std::optional<model::ModuleOffset> unwind_start) const;

 private:
  std::vector<NamedFunction> functions_;  // By start.
};

}  // namespace cairn::native
