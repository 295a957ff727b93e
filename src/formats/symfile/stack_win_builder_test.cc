#include "formats/symfile/stack_win_builder.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using Words = std::vector<std::uint32_t>;
using Kind = model::StackWinRow::Kind;

class SymbolStackWinBuilder : public testing::Test {
 protected:
  std::string_view AddFpo(std::uint64_t address, std::uint32_t size, std::uint32_t locals) {
    return builder_.Add({.kind = Kind::kFpo, .address = address, .size = size, .local_bytes = locals});
  }
  const Words& WordsOf(Section section) {
    if (!finished_) builder_.Finish(tables_);
    finished_ = true;
    return std::get<Words>(tables_[section]);
  }

  StringTable strings_;
  CompileReport report_;
  StackWinBuilder builder_{strings_, report_};
  CacheTables tables_;
  bool finished_ = false;
};

TEST_F(SymbolStackWinBuilder, RecordThatBeginsInsideAnotherEndsIt) {
  AddFpo(0x1010, 0x10, 4);
  AddFpo(0x1000, 0x40, 8);
  EXPECT_EQ(WordsOf(Section::kStackWinFpo), (Words{0x1000, 0x10, 1, 0x1010, 0x10, 0}));
}

TEST_F(SymbolStackWinBuilder, OfOneStartTheFirstCounts) {
  AddFpo(0x1000, 0x10, 4);
  AddFpo(0x1000, 0x10, 8);
  EXPECT_EQ(WordsOf(Section::kStackWinFpo), (Words{0x1000, 0x10, 0}));
  EXPECT_EQ(report_.unused_stack_win_records, 1u);
}

TEST_F(SymbolStackWinBuilder, RecordsOfOneShapeShareIt) {
  AddFpo(0x1000, 0x10, 4);
  AddFpo(0x2000, 0x20, 4);
  builder_.Add({.kind = Kind::kFrameData, .address = 0x3000, .size = 1, .program = "$eip 4 ="});
  EXPECT_EQ(WordsOf(Section::kStackWinFpo), (Words{0x1000, 0x10, 0, 0x2000, 0x20, 0}));
  EXPECT_EQ(WordsOf(Section::kStackWinFrameData), (Words{0x3000, 1, 1}));
  EXPECT_EQ(WordsOf(Section::kStackWinShapes), (Words{0, 0, 4, 0, kNone, 0, 0, 0, 0, 0}));
}

TEST_F(SymbolStackWinBuilder, RangeStaysIn32Bits) {
  EXPECT_EQ(AddFpo(0xffffff00, 0x100, 0), "");
  EXPECT_NE(AddFpo(0xffffff00, 0x101, 0), "");
  EXPECT_NE(AddFpo(0x100000000, 1, 0), "");
}

}  // namespace
}  // namespace cairn::symfile
