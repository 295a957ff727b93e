// The functions of one unit of a PDB, with the calls that were inlined into them.
//
// Source: LLVM's "CodeView Symbol Records"; S_INLINESITE and its annotations as LLVM's and Microsoft's
// compilers write them: cvinfo.h of Microsoft's microsoft-pdb.
#pragma once

#include <llvm/DebugInfo/CodeView/CVRecord.h>
#include <llvm/DebugInfo/CodeView/SymbolRecord.h>
#include <llvm/DebugInfo/PDB/Native/ModuleDebugStream.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/pdb_file.h"
#include "analysis/symgen/pdb_lines.h"
#include "analysis/symgen/pdb_names.h"

namespace cairn::symgen {

// Puts `over`, which is sorted and separate, in the place of what `lines` say of the same code, and adds
// nothing else.
std::vector<LineRecord> Overlay(const std::vector<LineRecord>& lines, const std::vector<LineRecord>& over);

class PdbFunctions {
 public:
  struct Tools {
    const PdbFile& pdb;
    const CodeMap& code;
    PdbLines& lines;
    PdbNames& names;
  };

  // Adds the functions of `module` to `info`.
  PdbFunctions(const Tools& tools, DebugInfo& info) : tools_(tools), info_(info) {}
  void Read(const llvm::pdb::ModuleDebugStreamRef& module);

 private:
  // An inlined call, or the function itself at the bottom of the stack.
  struct Site {
    std::vector<LineRecord> own;    // Inlined code has the line of its call here.
    std::vector<LineRecord> final;  // The same with that of the inlined code.
  };
  // What symbol records are open: they nest, and end with a record that says nothing else.
  enum class Scope : std::uint8_t { kFunction, kCall, kOther };

  void OpenFunction(const llvm::codeview::ProcSym& symbol);
  void OpenCall(const llvm::codeview::InlineSiteSym& symbol);
  void Close();
  void CloseCall();
  void CloseFunction();
  std::vector<LineRecord> LinesOfCall(const llvm::codeview::InlineSiteSym& symbol);

  Tools tools_;
  DebugInfo& info_;
  std::vector<Scope> scopes_;
  std::optional<FunctionRecord> function_;  // The one that is open.
  std::vector<Site> sites_;                 // Open ones, the function first.
};

}  // namespace cairn::symgen
