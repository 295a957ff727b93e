#include "analysis/symgen/public_symbols.h"

#include <algorithm>
#include <span>
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

// "a::f<b::c>" as mangled names hold it: "1f". Empty for an operator, which they abbreviate.
std::string MangledIdentifier(std::string_view name) {
  std::string_view last = name.substr(0, name.find('<'));
  if (const std::size_t scope = last.rfind("::"); scope != std::string_view::npos)
    last.remove_prefix(scope + 2);
  if (last.starts_with('~')) last.remove_prefix(1);
  if (last.empty() || name.find("operator") != std::string_view::npos) return {};
  return std::to_string(last.size()) + std::string(last);
}

// Of several the one that has the function's own name: a compiler folds functions of the same code into one.
const CodeSymbol* FindMangled(std::span<const CodeSymbol> here, std::string_view name) {
  const std::string identifier = MangledIdentifier(name);
  const auto fits = [&](const CodeSymbol& symbol) {
    return IsMangled(symbol.name) && symbol.name.find(identifier) != std::string_view::npos;
  };
  auto found = std::ranges::find_if(here, fits);
  if (found == here.end()) found = std::ranges::find_if(here, IsMangled, &CodeSymbol::name);
  return found == here.end() ? nullptr : &*found;
}

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
    if (const CodeSymbol* const mangled = FindMangled(here, name); mangled != nullptr) {
      // "f(int) [clone .cold]": the piece has the name of the whole, as pieces with a linkage name have.
      const std::string demangled = Demangle(mangled->name);
      function.name = info.names.Add(demangled.substr(0, demangled.find(" [clone ")));
    } else if (here.front().global) {
      function.name = info.names.Add(std::string(here.front().name));
    }
  }
}

}  // namespace cairn::symgen
