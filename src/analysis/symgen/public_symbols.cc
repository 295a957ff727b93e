#include "analysis/symgen/public_symbols.h"

#include <algorithm>
#include <tuple>

namespace cairn::symgen {

using object::ElfSymbol;

namespace {

bool ComesFirst(const ElfSymbol& a, const ElfSymbol& b) {
  const auto key = [](const ElfSymbol& symbol) {
    const std::size_t underscores = std::min(symbol.name.find_first_not_of('_'), symbol.name.size());
    return std::tuple(symbol.offset, !symbol.global, underscores, symbol.name.size(), symbol.name);
  };
  return key(a) < key(b);
}

bool IsCovered(model::ModuleOffset offset, const std::vector<FunctionRecord>& functions) {
  const auto after = std::ranges::upper_bound(
      functions, offset, {}, [](const FunctionRecord& function) { return function.range.start; });
  return after != functions.begin() && after[-1].range.Contains(offset);
}

}  // namespace

std::vector<PublicSymbol> ChoosePublicSymbols(std::vector<ElfSymbol> symbols,
                                              const std::vector<FunctionRecord>& functions) {
  std::ranges::sort(symbols, ComesFirst);
  std::vector<PublicSymbol> chosen;
  for (const ElfSymbol& symbol : symbols) {
    if (!chosen.empty() && chosen.back().offset == symbol.offset) continue;
    if (IsCovered(symbol.offset, functions)) continue;
    chosen.push_back({symbol.offset, symbol.name});
  }
  return chosen;
}

}  // namespace cairn::symgen
