#include "formats/symfile/stack_win_builder.h"

#include <gtest/gtest.h>

#include "formats/symfile/packed_table.h"

namespace cairn::symfile {
namespace {

using Words = std::vector<std::uint32_t>;
using Kind = model::StackWinRow::Kind;

class SymbolStackWinBuilder : public testing::Test {
 protected:
  std::string_view AddFpo(std::uint64_t address, std::uint32_t size, std::uint32_t locals) {
    return builder_.Add({.kind = Kind::kFpo, .address = address, .size = size, .local_bytes = locals});
  }
  void Finish() { builder_.Finish(tables_); }
  Words RangesOf(Section section) {
    const PackedTable<3> table(std::get<std::vector<std::byte>>(tables_[section]));
    Words words;
    for (std::uint32_t i = 0; i < table.rows(); ++i) {
      const auto row = table.At(i);
      words.insert(words.end(), row.begin(), row.end());
    }
    return words;
  }

  StringTable strings_;
  CompileReport report_;
  StackWinBuilder builder_{strings_, report_};
  CacheTables tables_;
};

TEST_F(SymbolStackWinBuilder, RecordThatBeginsInsideAnotherEndsIt) {
  AddFpo(0x1010, 0x10, 4);
  AddFpo(0x1000, 0x40, 8);
  Finish();
  EXPECT_EQ(RangesOf(Section::kStackWinFpo), (Words{0x1000, 0x10, 1, 0x1010, 0x10, 0}));
}

TEST_F(SymbolStackWinBuilder, OfOneStartTheFirstCounts) {
  AddFpo(0x1000, 0x10, 4);
  AddFpo(0x1000, 0x10, 8);
  Finish();
  EXPECT_EQ(RangesOf(Section::kStackWinFpo), (Words{0x1000, 0x10, 0}));
  EXPECT_EQ(report_.unused_stack_win_records, 1u);
}

TEST_F(SymbolStackWinBuilder, RecordsOfOneShapeShareIt) {
  AddFpo(0x1000, 0x10, 4);
  AddFpo(0x2000, 0x20, 4);
  builder_.Add({.kind = Kind::kFrameData, .address = 0x3000, .size = 1, .program = "$eip 4 ="});
  Finish();
  EXPECT_EQ(RangesOf(Section::kStackWinFpo), (Words{0x1000, 0x10, 0, 0x2000, 0x20, 0}));
  EXPECT_EQ(RangesOf(Section::kStackWinFrameData), (Words{0x3000, 1, 1}));
  EXPECT_EQ(std::get<Words>(tables_[Section::kStackWinShapes]), (Words{0, 0, 4, 0, kNone, 0, 0, 0, 0, 0}));
}

TEST_F(SymbolStackWinBuilder, RangeStaysIn32Bits) {
  EXPECT_EQ(AddFpo(0xffffff00, 0x100, 0), "");
  EXPECT_NE(AddFpo(0xffffff00, 0x101, 0), "");
  EXPECT_NE(AddFpo(0x100000000, 1, 0), "");
}

}  // namespace
}  // namespace cairn::symfile
