// Names of functions in PDBs: those of the linker where there are any, else made of types.
#pragma once

#include <llvm/DebugInfo/CodeView/TypeIndex.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/symgen/module_input.h"
#include "analysis/symgen/pdb_file.h"

namespace cairn::symgen {

class PdbNames {
 public:
  // `publics` are borrowed and sorted by offset.
  PdbNames(const PdbFile& pdb, const std::vector<CodeSymbol>& publics) : pdb_(pdb), publics_(publics) {}

  // "space::f(int)" of the function `name` at `offset`. Its public symbol knows the arguments as they were
  // written; of functions without one, which no other unit sees, they are made of `type`. Of several
  // functions that were folded into one the public symbol of the same name is taken.
  std::string OfFunction(model::ModuleOffset offset, std::string_view name, llvm::codeview::TypeIndex type);

  // The same of a function that was inlined, by its record in the stream of ids.
  const std::string& OfInlinee(llvm::codeview::TypeIndex id);

 private:
  std::string Arguments(llvm::codeview::TypeIndex type);
  std::string TypeName(llvm::codeview::TypeIndex type);
  std::string MakeInlineeName(llvm::codeview::TypeIndex id);

  const PdbFile& pdb_;
  const std::vector<CodeSymbol>& publics_;
  std::unordered_map<std::uint32_t, std::string> inlinees_;
};

}  // namespace cairn::symgen
