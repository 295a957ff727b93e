#include "formats/symfile/function_rows.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

class SymbolFunctionRows : public testing::Test {
 protected:
  // "start:line node" of each row.
  std::string RowsOf(std::vector<FunctionLine> lines, std::vector<FunctionInline> inlines) {
    std::vector<FunctionRow> rows;
    builder_.Append(lines, inlines, rows);
    std::string text;
    for (const FunctionRow& row : rows) {
      text += std::to_string(row.start) + ":" + std::to_string(row.line);
      if (row.node != kNone) text += " " + std::to_string(row.node);
      text += "; ";
    }
    return text;
  }
  // Origins from the function outwards in, "0>1".
  std::string ChainOf(std::uint32_t node) {
    if (bytes_.empty()) bytes_ = nodes_.Finish();
    const auto row = PackedTable<4>(bytes_).At(node);
    return (row[3] == 0 ? "" : ChainOf(node - row[3]) + ">") + std::to_string(row[0]);
  }

  InlineNodeWriter nodes_;
  FunctionRows builder_{nodes_};
  std::vector<std::byte> bytes_;
};

TEST_F(SymbolFunctionRows, NeighboursThatAreAlikeAreOneRow) {
  EXPECT_EQ(RowsOf({{0, 4, 1, 7, 4}, {4, 8, 1, 7, 4}, {8, 12, 1, 8, 4}}, {}), "0:7; 8:8; 12:0; ");
}

TEST_F(SymbolFunctionRows, RowsBeginWhereLinesOrCallsDo) {
  // Depth 0 covers [4, 20), depth 1 covers [8, 12) of it.
  EXPECT_EQ(RowsOf({{0, 30, 1, 7, 30}}, {{0, 4, 20, 3, 1, 5}, {1, 8, 12, 4, 1, 6}}),
            "0:7; 4:7 0; 8:7 1; 12:7 0; 20:7; 30:0; ");
  EXPECT_EQ(ChainOf(1), "5>6");
}

TEST_F(SymbolFunctionRows, CallThatOutlivesTheOneAroundItEndsWithIt) {
  EXPECT_EQ(RowsOf({}, {{0, 0, 10, 1, 1, 5}, {0, 14, 20, 2, 1, 7}, {1, 5, 16, 3, 1, 6}}),
            "0:0 0; 5:0 1; 10:0; 14:0 3; 16:0 2; 20:0; ");
  EXPECT_EQ(ChainOf(1), "5>6");
  EXPECT_EQ(ChainOf(3), "7>6");
}

TEST_F(SymbolFunctionRows, CallWithoutTheOneAroundItIsNotReached) {
  EXPECT_EQ(RowsOf({}, {{1, 0, 10, 1, 1, 5}}), "0:0; ");
  EXPECT_EQ(RowsOf({}, {{0, 0, 4, 1, 1, 5}, {2, 0, 4, 1, 1, 5}}), "0:0 0; 4:0; ");
}

TEST_F(SymbolFunctionRows, OverlappingCallsOfADepthAreCut) {
  // [8, 18) begins inside [0, 10) and is cut to [10, 18); [9, 10) vanishes inside.
  EXPECT_EQ(RowsOf({}, {{0, 8, 18, 2, 1, 5}, {0, 0, 10, 1, 1, 6}, {0, 9, 10, 3, 1, 7}}),
            "0:0 0; 10:0 1; 18:0; ");
}

TEST_F(SymbolFunctionRows, RangesOfOneCallShareANode) {
  EXPECT_EQ(RowsOf({}, {{0, 0, 4, 1, 1, 5}, {0, 8, 12, 1, 1, 5}}), "0:0 0; 4:0; 8:0 0; 12:0; ");
}

// 100 calls of depth 0, each with 127 others inside that cover the whole function.
TEST_F(SymbolFunctionRows, NodesAreBoundedByTheCallsOfTheFile) {
  std::vector<FunctionInline> inlines;
  for (std::uint32_t i = 0; i < 100; ++i) inlines.push_back({0, 2 * i, 2 * i + 1, i, 1, i});
  for (std::uint32_t depth = 1; depth < 128; ++depth) inlines.push_back({depth, 0, 200, 1, 1, 1});
  const std::size_t count = inlines.size();
  RowsOf({}, inlines);
  EXPECT_LE(nodes_.rows(), 4 * count);
}

}  // namespace
}  // namespace cairn::symfile
