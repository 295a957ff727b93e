#include "formats/dwarf/debug_unit.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/dwarf/debug_numbers.h"
#include "testing/byte_sink.h"

namespace cairn::dwarf {
namespace {

using testing::ByteSink;

// A table of one abbreviation, number 1: a unit with the attributes given.
std::vector<std::byte> Table(const std::vector<std::pair<std::uint16_t, std::uint16_t>>& attributes) {
  ByteSink sink;
  sink.U8(1).U8(0x11).U8(0);  // DW_TAG_compile_unit, no children
  for (const auto& [name, form] : attributes) {
    sink.U8(static_cast<std::uint8_t>(name)).U8(static_cast<std::uint8_t>(form));
  }
  return sink.U8(0).U8(0).U8(0).Take();
}

// A unit of version 5 whose entry is `entry`, or of version 4.
std::vector<std::byte> Unit(const ByteSink& entry, std::uint16_t version = 5) {
  ByteSink rest;
  rest.U16(version);
  if (version >= 5) {
    rest.U8(unit_type::kCompile).U8(8).U32(0);
  } else {
    rest.U32(0).U8(8);
  }
  rest.Bytes(entry.bytes());
  ByteSink unit;
  return unit.U32(static_cast<std::uint32_t>(rest.size())).Bytes(rest.bytes()).Take();
}

struct Sample {
  std::vector<std::byte> table;
  std::vector<std::byte> info;
  DebugSections sections;
  std::optional<AbbreviationTable> abbreviations;

  DebugUnit Open() {
    sections.info = info;
    const auto header = ReadUnitHeader(info, 0);
    EXPECT_TRUE(header);
    abbreviations.emplace(table, header->format);
    return DebugUnit(*header, *abbreviations, sections, nullptr);
  }
};

// A unit whose code starts at 0x1000.
Sample UnitAt1000(std::uint16_t version) {
  Sample sample;
  sample.table = Table({{attribute::kLowPc, form::kAddress}});
  sample.info = Unit(ByteSink().U8(1).U64(0x1000), version);
  return sample;
}

std::vector<LinkRange> RangesOf(Sample sample, const AttributeValue& value, bool good = true) {
  const DebugUnit unit = sample.Open();
  std::vector<LinkRange> ranges;
  EXPECT_EQ(unit.AppendRanges(value, ranges), good);
  return ranges;
}

std::string Show(const std::vector<LinkRange>& ranges) {
  std::string text;
  for (const LinkRange& range : ranges) {
    char piece[64];
    snprintf(piece, sizeof piece, "%llx-%llx ", static_cast<unsigned long long>(range.begin),
             static_cast<unsigned long long>(range.end));
    text += piece;
  }
  return text;
}

TEST(DebugUnit, HeadersOfAllVersionsAreListed) {
  ByteSink info;
  for (std::uint16_t version = 2; version <= 5; ++version) info.Bytes(Unit(ByteSink().U8(0), version));
  const UnitList list = ListUnits(info.bytes());
  ASSERT_EQ(list.units.size(), 4u);
  EXPECT_EQ(list.bad_units, 0u);
  EXPECT_EQ(list.units[3].format.version, 5);
  EXPECT_EQ(list.units[3].end, info.size());
  EXPECT_EQ(list.units[1].offset, list.units[0].end);
}

TEST(DebugUnit, UnknownVersionIsLeftOutAndTheNextOneRead) {
  ByteSink info;
  info.Bytes(Unit(ByteSink().U8(0), 6)).Bytes(Unit(ByteSink().U8(0), 5));
  const UnitList list = ListUnits(info.bytes());
  EXPECT_EQ(list.units.size(), 1u);
  EXPECT_EQ(list.bad_units, 1u);
}

TEST(DebugUnit, LengthBeyondTheSectionEndsTheList) {
  ByteSink info;
  info.Bytes(Unit(ByteSink().U8(0))).U32(100).U16(5);
  const UnitList list = ListUnits(info.bytes());
  EXPECT_EQ(list.units.size(), 1u);
  EXPECT_EQ(list.bad_units, 1u);
}

TEST(DebugUnit, WideFormatHasWideOffsets) {
  ByteSink rest;
  rest.U16(5).U8(unit_type::kCompile).U8(8).U64(0).U8(0);
  ByteSink info;
  info.U32(0xffffffff).U64(rest.size()).Bytes(rest.bytes());
  const auto header = ReadUnitHeader(info.bytes(), 0);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->format.offset_bytes, 8);
  EXPECT_EQ(header->first_entry, info.size() - 1);
}

TEST(DebugUnit, FirstEntrySaysFolderAndLineTable) {
  Sample sample;
  sample.table = Table({{attribute::kCompilationFolder, form::kLineStringPointer},
                        {attribute::kStatementList, form::kSectionOffset},
                        {attribute::kLanguage, form::kData2}});
  sample.info = Unit(ByteSink().U8(1).U32(3).U32(0x77).U16(0x21));
  const std::string strings("ab\0/src\0", 8);
  sample.sections.line_strings = base::AsBytes(strings);
  const DebugUnit unit = sample.Open();
  EXPECT_EQ(unit.compilation_folder(), "/src");
  EXPECT_EQ(unit.line_table(), 0x77u);
  EXPECT_EQ(unit.language(), 0x21u);
  EXPECT_FALSE(unit.is_skeleton());
}

// Indexes count from bases, which may stand behind what needs them.
TEST(DebugUnit, TextsAndAddressesByIndex) {
  Sample sample;
  sample.table = Table({{attribute::kCompilationFolder, form::kStringIndex1},
                        {attribute::kStringOffsetsBase, form::kSectionOffset},
                        {attribute::kAddressBase, form::kSectionOffset}});
  sample.info = Unit(ByteSink().U8(1).U8(1).U32(8).U32(16));
  ByteSink offsets;
  offsets.U64(0).U32(0).U32(3);
  const std::string strings("ab\0/src\0", 8);
  ByteSink addresses;
  addresses.U64(0).U64(0).U64(0x1000).U64(0x2000);
  sample.sections.string_offsets = offsets.bytes();
  sample.sections.strings = base::AsBytes(strings);
  sample.sections.addresses = addresses.bytes();
  const DebugUnit unit = sample.Open();
  EXPECT_EQ(unit.compilation_folder(), "/src");
  EXPECT_EQ(unit.Address({.form = form::kAddressIndex, .number = 1}), 0x2000u);
  EXPECT_EQ(unit.Address({.form = form::kAddressIndex, .number = 2}), std::nullopt);
  EXPECT_EQ(unit.Address({.form = form::kAddressIndex, .number = ~std::uint64_t{0}}), std::nullopt);
  EXPECT_EQ(unit.Text({.form = form::kStringIndex, .number = 5}), "");
}

TEST(DebugUnit, HighPcIsAnAddressOrASize) {
  Sample sample = UnitAt1000(5);
  const DebugUnit unit = sample.Open();
  const AttributeValue low = {.form = form::kAddress, .number = 0x1000};
  EXPECT_EQ(unit.Range(low, {.form = form::kAddress, .number = 0x1010})->end, 0x1010u);
  EXPECT_EQ(unit.Range(low, {.form = form::kData4, .number = 0x10})->end, 0x1010u);
  EXPECT_FALSE(unit.Range(low, {.form = form::kData8, .number = ~std::uint64_t{0}})) << "wraps";
  EXPECT_FALSE(unit.Range(low, {.form = form::kData4, .number = 0})) << "empty";
}

TEST(DebugUnit, ReferencesCountFromTheUnitOrTheSection) {
  Sample sample = UnitAt1000(5);
  sample.info.insert(sample.info.begin(), 0x20, std::byte{0});
  sample.sections.info = sample.info;
  const auto header = ReadUnitHeader(sample.info, 0x20);
  ASSERT_TRUE(header);
  const AbbreviationTable abbreviations(sample.table, header->format);
  const DebugUnit unit(*header, abbreviations, sample.sections, nullptr);
  EXPECT_EQ(unit.Reference({.form = form::kReference4, .number = 5}), (EntryReference{0x25, false}));
  EXPECT_EQ(unit.Reference({.form = form::kReferenceAddress, .number = 5}), (EntryReference{5, false}));
  EXPECT_EQ(unit.Reference({.form = form::kGnuReferenceAlternate, .number = 5}), (EntryReference{5, true}));
  EXPECT_FALSE(unit.Reference({.form = form::kData4, .number = 5}));
}

TEST(RangeLists, Version4HasPairsAndBases) {
  Sample sample = UnitAt1000(4);
  ByteSink list;
  list.U64(0x10).U64(0x20);                 // From the unit's start.
  list.U64(~std::uint64_t{0}).U64(0x5000);  // A base.
  list.U64(0).U64(8).U64(4).U64(4);         // The second is empty.
  list.U64(~std::uint64_t{1}).U64(1);       // Dropped code.
  list.U64(0).U64(0);
  sample.sections.ranges = list.bytes();
  EXPECT_EQ(Show(RangesOf(sample, {.form = form::kSectionOffset, .number = 0})), "1010-1020 5000-5008 ");
}

TEST(RangeLists, Version4WithoutAnEndKeepsWhatItHas) {
  Sample sample = UnitAt1000(4);
  ByteSink list;
  list.U64(0x10).U64(0x20).U64(0x30);
  sample.sections.ranges = list.bytes();
  EXPECT_EQ(Show(RangesOf(sample, {.form = form::kSectionOffset, .number = 0}, false)), "1010-1020 ");
}

TEST(RangeLists, Version5HasAllKindsOfEntries) {
  Sample sample = UnitAt1000(5);
  ByteSink addresses;
  addresses.U64(0).U64(0x2000).U64(0x3000);
  ByteSink list;
  list.U8(range_entry::kOffsetPair).U8(0x10).U8(0x20);
  list.U8(range_entry::kBaseAddress).U64(0x5000).U8(range_entry::kOffsetPair).U8(1).U8(2);
  list.U8(range_entry::kBaseIndex).U8(1).U8(range_entry::kOffsetPair).U8(0).U8(4);
  list.U8(range_entry::kStartEnd).U64(0x6000).U64(0x6001);
  list.U8(range_entry::kStartLength).U64(0x7000).U8(0x10);
  list.U8(range_entry::kStartEndIndex).U8(0).U8(1);
  list.U8(range_entry::kStartIndexLength).U8(1).U8(9);
  list.U8(range_entry::kBaseAddress)
      .U64(~std::uint64_t{0})
      .U8(range_entry::kOffsetPair)
      .U8(0)
      .U8(4);  // Dropped.
  list.U8(range_entry::kEnd);
  sample.sections.addresses = addresses.bytes();
  sample.sections.range_lists = list.bytes();
  EXPECT_EQ(Show(RangesOf(sample, {.form = form::kSectionOffset, .number = 0})),
            "1010-1020 5001-5002 3000-3004 6000-6001 7000-7010 2000-3000 3000-3009 ");
}

TEST(RangeLists, Version5ByIndexCountsFromItsBase) {
  Sample sample = UnitAt1000(5);
  ByteSink lists;
  lists.Zeros(12).U32(8).U32(4);  // A header, then the places of two lists, from behind the header.
  lists.U8(range_entry::kEnd).Zeros(3);
  const std::size_t second = lists.size() - 4;
  lists.PatchU32(12 + 0, static_cast<std::uint32_t>(second - 12));
  lists.PatchU32(12 + 4, static_cast<std::uint32_t>(lists.size() - 12));
  lists.U8(range_entry::kStartLength).U64(0x7000).U8(1).U8(range_entry::kEnd);
  sample.sections.range_lists = lists.bytes();
  EXPECT_EQ(Show(RangesOf(sample, {.form = form::kRangeListIndex, .number = 0})), "");
  EXPECT_EQ(Show(RangesOf(sample, {.form = form::kRangeListIndex, .number = 1})), "7000-7001 ");
  RangesOf(sample, {.form = form::kRangeListIndex, .number = 1 << 20}, false);
}

TEST(RangeLists, EntryOfNoKindEndsTheList) {
  Sample sample = UnitAt1000(5);
  ByteSink list;
  list.U8(range_entry::kStartLength).U64(0x7000).U8(1).U8(0x55);
  sample.sections.range_lists = list.bytes();
  EXPECT_EQ(Show(RangesOf(sample, {.form = form::kSectionOffset, .number = 0}, false)), "7000-7001 ");
}

}  // namespace
}  // namespace cairn::dwarf
