#include "analysis/symgen/public_symbols.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "analysis/symgen/demangle.h"

namespace cairn::symgen {

namespace {

bool ComesFirst(const CodeSymbol& a, const CodeSymbol& b) {
  const auto key = [](const CodeSymbol& symbol) {
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

bool IsMangled(std::string_view name) { return name.starts_with("_Z") || name.starts_with("_R"); }

}  // namespace

void SortSymbols(std::vector<CodeSymbol>& symbols) { std::ranges::sort(symbols, ComesFirst); }

std::vector<PublicSymbol> ChoosePublicSymbols(const std::vector<CodeSymbol>& symbols,
                                              const std::vector<FunctionRecord>& functions) {
  std::vector<PublicSymbol> chosen;
  for (const CodeSymbol& symbol : symbols) {
    if (!chosen.empty() && chosen.back().offset == symbol.offset) continue;
    if (IsCovered(symbol.offset, functions)) continue;
    chosen.push_back({symbol.offset, symbol.name, symbol.parameter_bytes});
  }
  return chosen;
}

void TakeSymbolNames(const std::vector<CodeSymbol>& symbols, DebugInfo& info) {
  for (FunctionRecord& function : info.functions) {
    if (function.has_linkage_name) continue;
    const auto here = std::ranges::equal_range(symbols, function.range.start, {}, &CodeSymbol::offset);
    const std::string& name = info.names.texts()[function.name];
    const bool is_public = std::ranges::any_of(
        here, [&name](const CodeSymbol& symbol) { return symbol.global && symbol.name == name; });
    if (here.empty() || is_public) continue;
    const auto mangled = std::ranges::find_if(here, IsMangled, &CodeSymbol::name);
    if (mangled != here.end()) {
      // "f(int) [clone .cold]": the piece has the name of the whole, as pieces with a linkage name have.
      const std::string demangled = Demangle(mangled->name);
      function.name = info.names.Add(demangled.substr(0, demangled.find(" [clone ")));
    } else if (here.front().global) {
      function.name = info.names.Add(std::string(here.front().name));
    }
  }
}

}  // namespace cairn::symgen
