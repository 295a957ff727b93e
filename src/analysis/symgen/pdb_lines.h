// The lines of one unit (a "module" of a PDB is what one object file gave), and where inlined functions
// begin.
//
// Source: LLVM's "The PDB File Format", "Module Information Stream"; C13 line information.
#pragma once

#include <llvm/DebugInfo/CodeView/DebugChecksumsSubsection.h>
#include <llvm/DebugInfo/PDB/Native/ModuleDebugStream.h>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/pdb_file.h"

namespace cairn::symgen {

class PdbLines {
 public:
  struct Source {
    std::uint32_t line = 0;
    std::uint32_t file = 0;  // In the module's own numbering of checksums.
  };

  // Borrows all.
  PdbLines(const PdbFile& pdb, const llvm::pdb::ModuleDebugStreamRef& module, const CodeMap& code,
           TextTable& files);

  // Of the code of functions, in which inlined code has the line of its call.
  const std::vector<LineRecord>& lines() const { return lines_; }
  // Where the source of an inlined function begins.
  std::optional<Source> FindInlinee(std::uint32_t id) const;
  // A module's number of a file to an index into `files`.
  std::uint32_t FileOf(std::uint32_t file);
  std::size_t complaints() const { return complaints_; }

 private:
  void ReadLines(llvm::BinaryStreamRef data, const CodeMap& code);
  void ReadInlinees(llvm::BinaryStreamRef data);

  const PdbFile& pdb_;
  TextTable& files_;
  std::optional<llvm::codeview::DebugChecksumsSubsectionRef> checksums_;
  std::unordered_map<std::uint32_t, std::uint32_t> file_numbers_;
  std::unordered_map<std::uint32_t, Source> inlinees_;
  std::vector<LineRecord> lines_;
  std::size_t complaints_ = 0;
};

}  // namespace cairn::symgen
