// LineProgram reads a line table of .debug_line: the names of its files, and which code stands for which
// line.
//
// Source: DWARF 5 section 6.2, and section 6.2 of DWARF 4 for the older header. The program runs as it is
// read and gives at most one row per byte, so a small table cannot make a large one. It borrows the sections.
// Of machines with several operations in an instruction, which no CPU here is, all count as the first.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/dwarf/debug_sections.h"
#include "formats/dwarf/debug_unit.h"

namespace cairn::dwarf {

struct LineRow {
  std::uint64_t address = 0;  // In link addresses.
  std::uint64_t file = 0;     // As LineProgram::FilePath takes it.
  std::uint32_t line = 0;
};

class LineProgram {
 public:
  // A unit of Firefox has some thousand files.
  static constexpr std::size_t kMaxFiles = 1 << 20;

  // The table at `offset` of the unit's section. The unit must outlive it.
  static base::Result<LineProgram> Read(const DebugUnit& unit, std::uint64_t offset);

  // A file's path, joined with its folder and the folder of compilation where it is relative; empty if there
  // is no such file.
  std::string FilePath(std::uint64_t file) const;

  // What Run reads, and at most so many rows.
  std::size_t program_bytes() const { return program_.size(); }

  // Runs the program. Each call gives the rows of one stretch of code, whose addresses do not fall, and where
  // it ends. False if the program is broken; what came before it has been given.
  bool Run(const std::function<void(std::span<const LineRow>, std::uint64_t end)>& take_sequence) const;

 private:
  struct File {
    std::string_view name;
    std::uint64_t folder = 0;
  };
  struct EntryFormat {
    std::uint64_t content = 0;
    std::uint16_t form = 0;
  };
  struct Machine;

  explicit LineProgram(const DebugUnit& unit) : unit_(&unit) {}
  base::Status ReadHeader(std::uint64_t offset);
  void ReadFilesTo4(base::ByteReader& reader);
  bool ReadFilesFrom5(base::ByteReader& reader);
  std::vector<EntryFormat> ReadEntryFormats(base::ByteReader& reader) const;
  bool ReadEntries(base::ByteReader& reader, std::vector<File>& entries) const;
  bool RunStandard(std::uint8_t operation, base::ByteReader& reader, Machine& machine) const;
  bool RunExtended(base::ByteReader& reader, Machine& machine) const;

  const DebugUnit* unit_;
  base::Bytes program_;
  UnitFormat format_;
  std::uint8_t minimum_instruction_bytes_ = 1;
  std::int8_t line_base_ = 0;
  std::uint8_t line_range_ = 1;
  std::uint8_t operation_base_ = 1;
  std::vector<std::uint8_t> operand_counts_;  // Of operation i + 1.
  std::vector<std::string_view> folders_;
  std::vector<File> files_;
};

}  // namespace cairn::dwarf
