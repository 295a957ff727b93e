#include "formats/symfile/cfi_builder.h"

#include <gtest/gtest.h>

#include "formats/symfile/packed_table.h"

namespace cairn::symfile {
namespace {

using Words = std::vector<std::uint32_t>;

constexpr std::string_view kEntry = ".cfa: $rsp 8 + .ra: .cfa -8 + ^";

class SymbolCfiBuilder : public testing::Test {
 protected:
  void Finish() { builder_.Finish(tables_); }
  template <std::size_t kColumns>
  std::vector<std::array<std::uint32_t, kColumns>> RowsOf(Section section) {
    const PackedTable<kColumns> table(std::get<std::vector<std::byte>>(tables_[section]));
    std::vector<std::array<std::uint32_t, kColumns>> rows;
    for (std::uint32_t i = 0; i < table.rows(); ++i) rows.push_back(table.At(i));
    return rows;
  }

  CompileReport report_;
  CfiBuilder builder_{model::FindRegisterTable(model::Cpu::kAmd64), report_};
  CacheTables tables_;
};

TEST_F(SymbolCfiBuilder, FunctionsThatBeginAlikeShareTheirRows) {
  for (const std::uint64_t start : {0x1000, 0x2000, 0x3000}) {
    EXPECT_EQ(builder_.AddInit({start, 0x20, kEntry}), "");
    EXPECT_EQ(builder_.AddDelta({start + 1, ".cfa: $rsp 16 +"}), "");
  }
  Finish();
  EXPECT_EQ(RowsOf<2>(Section::kCfiRows).size(), 2u);
  using Row = std::array<std::uint32_t, 6>;
  EXPECT_EQ(
      RowsOf<6>(Section::kCfiRanges),
      (std::vector<Row>{{0x1000, 0, 0x20, 0, 0, 2}, {0x2000, 0, 0x20, 0, 0, 2}, {0x3000, 0, 0x20, 0, 0, 2}}));
  EXPECT_EQ(std::get<Words>(tables_[Section::kRuleSets]).size(), 6u) << "two sets without registers";
  EXPECT_EQ(report_.cfi_rows, 6u);
}

TEST_F(SymbolCfiBuilder, SmallerRangeCutsTheLargerIntoPieces) {
  // A large range of compact unwind, and inside it a stub that has an .eh_frame entry of its own.
  builder_.AddInit({0x1000, 0x100, ".cfa: $rbp 16 + .ra: .cfa -8 + ^"});
  builder_.AddInit({0x1040, 0x20, kEntry});
  Finish();
  using Row = std::array<std::uint32_t, 6>;
  EXPECT_EQ(RowsOf<6>(Section::kCfiRanges),
            (std::vector<Row>{
                {0x1000, 0, 0x40, 0, 0, 1}, {0x1040, 0, 0x20, 0, 1, 1}, {0x1060, 0, 0xa0, 0x60, 0, 1}}));
}

TEST_F(SymbolCfiBuilder, ChangesApplyInTheOrderOfAddresses) {
  builder_.AddInit({0x1000, 0x20, kEntry});
  builder_.AddDelta({0x1010, ".cfa: $rsp 24 +"});
  builder_.AddDelta({0x1008, ".cfa: $rsp 16 +"});
  builder_.AddDelta({0x1008, "$rbp: .cfa -16 + ^"});
  Finish();
  const auto rows = RowsOf<2>(Section::kCfiRows);
  ASSERT_EQ(rows.size(), 3u) << "two changes at one address make one row";
  EXPECT_EQ(rows[0][0], 0u);
  EXPECT_EQ(rows[1][0], 8u);
  EXPECT_EQ(rows[2][0], 0x10u);
}

TEST_F(SymbolCfiBuilder, UnusableInitTakesItsChangesWithIt) {
  EXPECT_NE(builder_.AddInit({0x1000, 0x20, "rubbish"}), "");
  EXPECT_NE(builder_.AddDelta({0x1008, ".cfa: $rsp 16 +"}), "");
  Finish();
  EXPECT_TRUE(RowsOf<6>(Section::kCfiRanges).empty());
}

}  // namespace
}  // namespace cairn::symfile
