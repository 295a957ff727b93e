#include "formats/symfile/function_builder.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using Words = std::vector<std::uint32_t>;
using Longs = std::vector<std::uint64_t>;

class SymbolFunctionBuilder : public testing::Test {
 protected:
  CacheTables& Finish() {
    builder_.Finish(tables_);
    return tables_;
  }
  const Words& WordsOf(Section section) { return std::get<Words>(tables_[section]); }

  StringTable strings_;
  CompileReport report_;
  FunctionBuilder builder_{strings_, report_};
  CacheTables tables_;
};

TEST_F(SymbolFunctionBuilder, SpansOfFunctionsAndPublics) {
  builder_.AddPublic({.address = 0x3000, .name = "p"});
  builder_.AddFunction({.address = 0x1000, .size = 0x10, .name = "f"});
  Finish();
  EXPECT_EQ(std::get<Longs>(tables_[Section::kSpanStarts]), (Longs{0x1000, 0x1010, 0x3000, 0x1003000}));
  EXPECT_EQ(WordsOf(Section::kSpanSymbols), (Words{1, kNone, 0, kNone}));
}

TEST_F(SymbolFunctionBuilder, PublicAtTheEndOfTheAddressSpace) {
  builder_.AddPublic({.address = ~std::uint64_t{0} - 1, .name = "p"});
  Finish();
  EXPECT_EQ(std::get<Longs>(tables_[Section::kSpanStarts]),
            (Longs{~std::uint64_t{0} - 1, ~std::uint64_t{0}}));
}

TEST_F(SymbolFunctionBuilder, LineRowsHaveGapsOnlyWhereLinesDo) {
  builder_.AddFunction({.address = 0x1000, .size = 0x30, .name = "f"});
  builder_.AddLine({.address = 0x1008, .size = 8, .line = 5, .file = 3});
  builder_.AddLine({.address = 0x1010, .size = 8, .line = 6, .file = 3});
  Finish();
  EXPECT_EQ(WordsOf(Section::kLineOffsets), (Words{0x8, 0x10, 0x18}));
  EXPECT_EQ(WordsOf(Section::kLineValues), (Words{0, 5, 0, 6, kNone, 0}));
  EXPECT_EQ(WordsOf(Section::kFiles), (Words{kNone})) << "no FILE record came";
}

TEST_F(SymbolFunctionBuilder, OverlappingInlinesOfADepthAreCut) {
  // Depth 0: [0, 10) and [8, 18), cut to [10, 18); [9, c) vanishes inside.
  builder_.AddFunction({.address = 0x1000, .size = 0x30, .name = "f"});
  builder_.AddInline({.depth = 0, .call_line = 2, .origin = 1, .ranges = "1008 10"});
  builder_.AddInline({.depth = 0, .call_line = 1, .origin = 0, .ranges = "1000 10 1009 3"});
  Finish();
  EXPECT_EQ(WordsOf(Section::kInlines), (Words{0, 0x10, 0, 1, kNone, 1, 0x10, 8, 0, 2, kNone, 0}));
}

TEST_F(SymbolFunctionBuilder, LinesOfASkippedFunctionAreDropped) {
  builder_.AddFunction({.address = 0x1000, .size = 0x30, .name = "f"});
  builder_.SkipFunction();
  EXPECT_EQ(builder_.AddLine({.address = 0x1008, .size = 8, .line = 5, .file = 3}), "");
  Finish();
  EXPECT_TRUE(WordsOf(Section::kLineOffsets).empty());
  EXPECT_EQ(report_.outside_function, 1u);
}

}  // namespace
}  // namespace cairn::symfile
