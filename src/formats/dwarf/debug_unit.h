// One unit of .debug_info: its header, what its first entry says, and what values of its entries mean.
//
// Source: DWARF 5 sections 3.1, 7.5.1 and 7.17 to 7.28. Versions 2 to 5, both widths of offsets. A unit
// borrows the sections and its table of abbreviations, and is immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/dwarf/abbreviations.h"
#include "formats/dwarf/attribute_value.h"
#include "formats/dwarf/debug_sections.h"
#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

// Offsets in .debug_info; [offset, end).
struct UnitHeader {
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  std::uint64_t first_entry = 0;
  std::uint64_t abbreviations = 0;  // Where its table starts in .debug_abbrev.
  UnitFormat format;
  std::uint8_t type = 0;       // unit_type::k...; of versions before 5 always kCompile.
  std::uint64_t split_id = 0;  // Of skeletons and split units from version 5 on: what both have in common.

  bool describes_types() const;
};

// kUnsupported for a version or width that Cairn does not read; its `end` is not known then.
base::Result<UnitHeader> ReadUnitHeader(base::Bytes info, std::uint64_t offset);

struct UnitList {
  std::vector<UnitHeader> units;  // Ascending; they do not overlap.
  std::size_t bad_units = 0;      // Left out.
};
UnitList ListUnits(base::Bytes info);

// In link addresses; begin < end.
struct LinkRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// The number of an entry's abbreviation; 0 ends the children of the entry before it.
inline bool ReadEntryCode(base::ByteReader& reader, std::uint64_t& code) {
  code = ReadUnsignedLeb128(reader);
  return reader.ok();
}

class DebugUnit {
 public:
  // GCC gives the ranges of a unit, not of a function, a few thousand rows.
  static constexpr std::size_t kMaxRangesOfEntry = 1 << 16;

  // `alternate` are the sections that dwz's references lead to; nullptr without them.
  DebugUnit(const UnitHeader& header, const AbbreviationTable& abbreviations, const DebugSections& sections,
            const DebugSections* alternate);
  // A split unit, which takes where its addresses and ranges start from its skeleton; its sections have those
  // of the skeleton's file for .debug_addr and .debug_ranges.
  DebugUnit(const UnitHeader& header, const AbbreviationTable& abbreviations, const DebugSections& sections,
            const DebugUnit& skeleton);

  const UnitHeader& header() const { return header_; }
  const AbbreviationTable& abbreviations() const { return *abbreviations_; }
  const DebugSections& sections() const { return *sections_; }

  std::string_view compilation_folder() const { return compilation_folder_; }
  // Offset in .debug_line.
  std::optional<std::uint64_t> line_table() const { return line_table_; }
  std::uint64_t language() const { return language_; }  // DW_LANG_...; 0 if it is not said.
  // The functions of this unit are in a .dwo file; what is here names that file.
  bool is_skeleton() const { return is_skeleton_; }
  // Of a skeleton: the .dwo file, relative to the folder of compilation.
  std::string_view split_name() const { return split_name_; }
  std::uint64_t split_id() const { return split_id_; }

  // At an entry; its offsets count from the start of .debug_info. It ends with the unit.
  base::ByteReader ReaderAt(std::uint64_t offset) const;

  // Leaves the attributes of an entry behind.
  void SkipAttributes(base::ByteReader& reader, const Abbreviation& entry) const;

  // Empty if the value is no string or points nowhere.
  std::string_view Text(const AttributeValue& value) const;
  std::optional<std::uint64_t> Address(const AttributeValue& value) const;
  std::optional<EntryReference> Reference(const AttributeValue& value) const;
  // The function [low, high), where high may be said as a size.
  std::optional<LinkRange> Range(const AttributeValue& low, const AttributeValue& high) const;
  // Appends what DW_AT_ranges says; false where the list is broken, whose good part is kept.
  bool AppendRanges(const AttributeValue& value, std::vector<LinkRange>& ranges) const;

 private:
  void SetUsualBases();
  void ReadFirstEntry();
  std::optional<std::uint64_t> AddressAt(std::uint64_t index) const;
  std::string_view TextByIndex(std::uint64_t index) const;
  bool AppendRangesTo4(std::uint64_t offset, std::vector<LinkRange>& ranges) const;
  bool AppendRangesFrom5(std::uint64_t offset, std::vector<LinkRange>& ranges) const;

  UnitHeader header_;
  const AbbreviationTable* abbreviations_;
  const DebugSections* sections_;
  const DebugSections* alternate_;
  std::string_view compilation_folder_;
  std::optional<std::uint64_t> line_table_;
  std::uint64_t language_ = 0;
  std::uint64_t low_pc_ = 0;
  std::uint64_t string_offsets_base_ = 0;
  std::uint64_t address_base_ = 0;
  std::uint64_t range_lists_base_ = 0;
  std::uint64_t split_ranges_base_ = 0;  // Of GNU's form: where the ranges of a skeleton's split unit start.
  std::uint64_t ranges_base_ = 0;        // Of a split unit: that of its skeleton.
  std::string_view split_name_;
  std::uint64_t split_id_ = 0;
  bool is_skeleton_ = false;
};

}  // namespace cairn::dwarf
