#include "formats/native_unwind/function_names.h"

#include <algorithm>
#include <string>
#include <utility>

namespace cairn::native {

FunctionNames::FunctionNames(std::vector<NamedFunction> functions) : functions_(std::move(functions)) {
  std::ranges::stable_sort(functions_, {}, &NamedFunction::start);
  const auto repeated = std::ranges::unique(functions_, {}, &NamedFunction::start);
  functions_.erase(repeated.begin(), repeated.end());
}

std::optional<model::SymbolizedAddress> FunctionNames::Find(
    model::ModuleOffset offset, std::optional<model::ModuleOffset> unwind_start) const {
  const auto after = std::ranges::upper_bound(functions_, offset, {}, &NamedFunction::start);
  if (after == functions_.begin()) return std::nullopt;
  const NamedFunction& function = after[-1];
  const bool covers = function.size != 0 ? offset.value - function.start.value < function.size
                                         : unwind_start && function.start >= *unwind_start;
  if (!covers) return std::nullopt;
  model::SymbolizedAddress answer;
  answer.location.function = std::string(function.name);
  answer.function_start = function.start;
  return answer;
}

}  // namespace cairn::native
