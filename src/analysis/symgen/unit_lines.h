// The line table of one compilation unit, as sorted pieces of code that each have one source line.
//
// Includes LLVM's headers: for the sources of this folder that read DWARF, and no others.
#pragma once

#include <llvm/DebugInfo/DWARF/DWARFContext.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/symgen/debug_info.h"

namespace cairn::symgen {

// Where code lies in the module, so that what debug information says of dropped code is told from the rest:
// linkers leave its addresses at zero, at -1 or wherever the symbol's offset alone leads.
class CodeMap {
 public:
  // `ranges` as offsets from the module's first byte, whose link address is `load_base`.
  CodeMap(std::vector<AddressRange> ranges, std::uint64_t load_base);

  // [low, high) in link addresses as offsets, cut at the end of the code that holds `low`; nothing if none
  // does.
  std::optional<AddressRange> Find(std::uint64_t low, std::uint64_t high) const;

 private:
  std::vector<AddressRange> ranges_;
  std::uint64_t load_base_;
};

class UnitLines {
 public:
  UnitLines(llvm::DWARFContext& context, llvm::DWARFUnit& unit, const CodeMap& code, TextTable& files);

  // The pieces of `range`, cut at its ends.
  std::vector<LineRecord> Slice(const AddressRange& range) const;
  // A file's number in the unit's table to its number in the module's.
  std::uint32_t FileOf(std::uint64_t unit_file);

 private:
  void ReadSequence(const llvm::DWARFDebugLine::Sequence& sequence, const CodeMap& code);

  const llvm::DWARFDebugLine::LineTable* table_;
  std::string folder_;
  TextTable& files_;
  std::vector<std::optional<std::uint32_t>> file_numbers_;
  std::vector<LineRecord> lines_;
};

}  // namespace cairn::symgen
