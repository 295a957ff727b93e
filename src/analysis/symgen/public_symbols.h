// What the symbol tables of an ELF file add to its debug information: PUBLIC records, and names.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/module_input.h"

namespace cairn::symgen {

struct PublicSymbol {
  model::ModuleOffset offset;
  std::string_view name;  // Mangled; borrows from the file.
  std::uint32_t parameter_bytes = 0;
};

// The symbols that readers should see first, first: by address; of one address the most public name first,
// global before local, fewer leading underscores ("read" before "__libc_read"), shorter, then by alphabet.
void SortSymbols(std::vector<CodeSymbol>& symbols);

// The first symbol of each address that no function covers. `symbols` are sorted.
std::vector<PublicSymbol> ChoosePublicSymbols(const std::vector<CodeSymbol>& symbols,
                                              const std::vector<FunctionRecord>& functions);

// Gives functions whose debug information has no linkage name the name of a symbol at their start: a mangled
// one, which knows namespaces and arguments, or a global one. So the C library's abort() is "abort" with and
// without its debug information, which calls it "__GI_abort". `symbols` are sorted.
void TakeSymbolNames(const std::vector<CodeSymbol>& symbols, DebugInfo& info);

}  // namespace cairn::symgen
