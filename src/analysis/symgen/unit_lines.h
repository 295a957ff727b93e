// The line table of one compilation unit, as sorted pieces of code that each have one source line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/debug_info.h"
#include "formats/dwarf/debug_unit.h"
#include "formats/dwarf/line_program.h"

namespace cairn::symgen {

class UnitLines {
 public:
  // Borrows all. A unit without a line table has no lines. `bytes_left` becomes less by the size of the
  // table; one that is larger counts as broken.
  UnitLines(const dwarf::DebugUnit& unit, const CodeMap& code, TextTable& files, std::uint64_t& bytes_left);

  const std::vector<LineRecord>& lines() const { return lines_; }
  // A file's number in the unit's table to its number in the module's.
  std::uint32_t FileOf(std::uint64_t unit_file);
  bool broken() const { return broken_; }

 private:
  void TakeSequence(std::span<const dwarf::LineRow> rows, std::uint64_t end, const CodeMap& code);

  std::optional<dwarf::LineProgram> program_;
  TextTable& files_;
  std::vector<std::optional<std::uint32_t>> file_numbers_;
  std::vector<LineRecord> lines_;
  bool broken_ = false;
};

}  // namespace cairn::symgen
