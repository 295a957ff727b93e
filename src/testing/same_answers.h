// Compares two sources of symbols of one module, and finds the addresses at which their answers could differ.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/module_symbols.h"

namespace cairn::testing {

inline bool SamePlace(const model::SourceLocation& a, const model::SourceLocation& b) {
  return a.function == b.function && a.file == b.file && a.line == b.line;
}

inline bool SameName(const model::SymbolizedAddress& a, const model::SymbolizedAddress& b) {
  return SamePlace(a.location, b.location) && a.function_start.value == b.function_start.value &&
         a.parameter_bytes == b.parameter_bytes && std::ranges::equal(a.inlines, b.inlines, SamePlace);
}

inline bool SameStackWin(const model::StackWinRow& a, const model::StackWinRow& b) {
  return a.kind == b.kind && a.start.value == b.start.value && a.size == b.size &&
         a.parameter_bytes == b.parameter_bytes && a.saved_register_bytes == b.saved_register_bytes &&
         a.local_bytes == b.local_bytes && a.allocates_base_pointer == b.allocates_base_pointer &&
         a.program == b.program;
}

// The name of the first answer at `offset` in which the two differ; empty if they agree.
inline std::string_view FindDifference(const model::ModuleSymbols& a, const model::ModuleSymbols& b,
                                       model::ModuleOffset offset) {
  const auto name_a = a.Symbolize(offset);
  const auto name_b = b.Symbolize(offset);
  if (name_a.has_value() != name_b.has_value()) return "Symbolize finds something";
  if (name_a && !SameName(*name_a, *name_b)) return "Symbolize";
  const auto win_a = a.FindStackWin(offset);
  const auto win_b = b.FindStackWin(offset);
  if (win_a.has_value() != win_b.has_value()) return "FindStackWin finds something";
  if (win_a && !SameStackWin(*win_a, *win_b)) return "FindStackWin";
  if (a.FindUnwindRow(offset) != b.FindUnwindRow(offset)) return "FindUnwindRow";
  return a.FindCode(offset) == b.FindCode(offset) ? "" : "FindCode";
}

// Every number in a symbol file's text and every sum of two neighbours, read as hexadecimal, with the
// addresses beside it: that is where records begin and end, whatever they are. Ascending.
inline std::vector<std::uint64_t> BoundariesOf(std::string_view text) {
  std::vector<std::uint64_t> addresses = {0, ~std::uint64_t{0}};
  const auto add = [&](std::uint64_t address) {
    addresses.insert(addresses.end(), {address - 1, address, address + 1});
  };
  std::optional<std::uint64_t> last;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    begin = end + 1;
    std::uint64_t value = 0;
    const auto [behind, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
    const bool is_number = error == std::errc() && behind == word.data() + word.size();
    if (is_number) add(value);
    if (is_number && last) add(*last + value);
    last = is_number ? std::optional(value) : std::nullopt;
  }
  std::ranges::sort(addresses);
  const auto repeated = std::ranges::unique(addresses);
  addresses.erase(repeated.begin(), repeated.end());
  return addresses;
}

}  // namespace cairn::testing
