#include "formats/symfile/cfi_builder.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using Words = std::vector<std::uint32_t>;

constexpr std::string_view kEntry = ".cfa: $rsp 8 + .ra: .cfa -8 + ^";

class SymbolCfiBuilder : public testing::Test {
 protected:
  const Words& WordsOf(Section section) {
    if (!finished_) builder_.Finish(tables_);
    finished_ = true;
    return std::get<Words>(tables_[section]);
  }

  CompileReport report_;
  CfiBuilder builder_{model::FindRegisterTable(model::Cpu::kAmd64), report_};
  CacheTables tables_;
  bool finished_ = false;
};

TEST_F(SymbolCfiBuilder, FunctionsThatBeginAlikeShareTheirRows) {
  for (const std::uint64_t start : {0x1000, 0x2000, 0x3000}) {
    EXPECT_EQ(builder_.AddInit({start, 0x20, kEntry}), "");
    EXPECT_EQ(builder_.AddDelta({start + 1, ".cfa: $rsp 16 +"}), "");
  }
  EXPECT_EQ(WordsOf(Section::kCfiRows).size(), 4u) << "two rows of two words";
  EXPECT_EQ(WordsOf(Section::kCfiRanges), (Words{0x20, 0, 0, 2, 0x20, 0, 0, 2, 0x20, 0, 0, 2}));
  EXPECT_EQ(WordsOf(Section::kRuleSets).size(), 6u) << "two sets without registers";
  EXPECT_EQ(report_.cfi_rows, 6u);
}

TEST_F(SymbolCfiBuilder, SmallerRangeCutsTheLargerIntoPieces) {
  // A large range of compact unwind, and inside it a stub that has an .eh_frame entry of its own.
  builder_.AddInit({0x1000, 0x100, ".cfa: $rbp 16 + .ra: .cfa -8 + ^"});
  builder_.AddInit({0x1040, 0x20, kEntry});
  EXPECT_EQ(WordsOf(Section::kCfiRanges), (Words{0x40, 0, 0, 1, 0x20, 0, 1, 1, 0xa0, 0x60, 0, 1}));
  EXPECT_EQ(std::get<std::vector<std::uint64_t>>(tables_[Section::kCfiStarts]),
            (std::vector<std::uint64_t>{0x1000, 0x1040, 0x1060}));
}

TEST_F(SymbolCfiBuilder, ChangesApplyInTheOrderOfAddresses) {
  builder_.AddInit({0x1000, 0x20, kEntry});
  builder_.AddDelta({0x1010, ".cfa: $rsp 24 +"});
  builder_.AddDelta({0x1008, ".cfa: $rsp 16 +"});
  builder_.AddDelta({0x1008, "$rbp: .cfa -16 + ^"});
  const Words rows = WordsOf(Section::kCfiRows);
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[0], 0u);
  EXPECT_EQ(rows[2], 8u) << "two changes at one address make one row";
  EXPECT_EQ(rows[4], 0x10u);
}

TEST_F(SymbolCfiBuilder, UnusableInitTakesItsChangesWithIt) {
  EXPECT_NE(builder_.AddInit({0x1000, 0x20, "rubbish"}), "");
  EXPECT_NE(builder_.AddDelta({0x1008, ".cfa: $rsp 16 +"}), "");
  EXPECT_TRUE(WordsOf(Section::kCfiRanges).empty());
}

}  // namespace
}  // namespace cairn::symfile
