// Chooses which function symbols of an ELF file become PUBLIC records.
#pragma once

#include <string_view>
#include <vector>

#include "analysis/symgen/debug_info.h"
#include "formats/object/elf_file.h"

namespace cairn::symgen {

struct PublicSymbol {
  model::ModuleOffset offset;
  std::string_view name;  // Mangled; borrows from the file.
};

// One symbol for each address that no function covers, sorted by address. Of several names the most public
// one is taken: global before local, fewer leading underscores ("read" before "__libc_read"), shorter, then
// by alphabet.
std::vector<PublicSymbol> ChoosePublicSymbols(std::vector<object::ElfSymbol> symbols,
                                              const std::vector<FunctionRecord>& functions);

}  // namespace cairn::symgen
