#include "analysis/symgen/debug_info.h"

#include <string>

#include <gtest/gtest.h>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/unit_store.h"

namespace cairn::symgen {
namespace {

LineRecord Line(std::uint64_t start, std::uint64_t size, std::uint32_t line) {
  return {{{start}, size}, line, 0};
}

std::string Show(const std::vector<LineRecord>& lines) {
  std::string text;
  for (const LineRecord& line : lines) {
    text += std::to_string(line.range.start.value) + "-" + std::to_string(line.range.end()) + ":" +
            std::to_string(line.line) + " ";
  }
  return text;
}

TEST(Lines, TheOneThatStartsFirstKeepsItsPlace) {
  std::vector<LineRecord> lines = {Line(10, 10, 1), Line(15, 10, 2), Line(12, 3, 3), Line(25, 5, 2),
                                   Line(40, 1, 4)};
  SeparateLines(lines);
  EXPECT_EQ(Show(lines), "10-20:1 20-30:2 40-41:4 ");
}

TEST(Lines, SlicesAreCutAtBothEnds) {
  const std::vector<LineRecord> lines = {Line(10, 10, 1), Line(20, 10, 2), Line(40, 10, 3)};
  EXPECT_EQ(Show(SliceLines(lines, {{15}, 10})), "15-20:1 20-25:2 ");
  EXPECT_EQ(Show(SliceLines(lines, {{22}, 2})), "22-24:2 ");
  EXPECT_EQ(Show(SliceLines(lines, {{30}, 10})), "");
  EXPECT_EQ(Show(SliceLines(lines, {{0}, 100})), "10-20:1 20-30:2 40-50:3 ");
  EXPECT_EQ(Show(SliceLines({}, {{0}, 100})), "");
}

DebugInfo Functions(const std::vector<std::pair<std::uint64_t, std::string>>& functions) {
  DebugInfo info;
  for (const auto& [start, name] : functions) {
    FunctionRecord function;
    function.range = {{start}, 4};
    function.name = info.names.Add(name);
    info.functions.push_back(std::move(function));
  }
  SortFunctions(info);
  return info;
}

TEST(SortFunctions, OfOnePlaceTheFirstIsMarkedAsFolded) {
  const DebugInfo info = Functions({{20, "b"}, {10, "a"}, {20, "c"}, {10, "a"}});
  ASSERT_EQ(info.functions.size(), 2u);
  EXPECT_FALSE(info.functions[0].folded) << "the same function twice";
  EXPECT_TRUE(info.functions[1].folded);
  EXPECT_EQ(info.names.texts()[info.functions[1].name], "b");
}

TEST(SortFunctions, NamesOfAssemblerAreOneFunction) {
  const DebugInfo info = Functions({{10, "__kill"}, {10, "kill"}});
  ASSERT_EQ(info.functions.size(), 1u);
  EXPECT_FALSE(info.functions[0].folded);
  EXPECT_EQ(info.names.texts()[info.functions[0].name], "kill");
}

TEST(CodeMap, CodeIsToldFromWhatWasDropped) {
  const CodeMap code({{{0x2000}, 0x10}, {{0x1000}, 0x100}}, 0x400000);
  EXPECT_EQ(code.Find(0x401010, 0x401020), (AddressRange{{0x1010}, 0x10}));
  EXPECT_EQ(code.Find(0x4010f0, 0x401200), (AddressRange{{0x10f0}, 0x10})) << "cut at the end of the code";
  EXPECT_FALSE(code.Find(0, 0x10));
  EXPECT_FALSE(code.Find(0x401100, 0x401110)) << "between";
  EXPECT_FALSE(code.Find(~std::uint64_t{0}, ~std::uint64_t{0}));
  EXPECT_TRUE(code.Contains({0x200f}));
  EXPECT_FALSE(code.Contains({0x2010}));
}

TEST(FindScope, TheInnermostThatHoldsThePlace) {
  // Two scopes in one, and one behind them.
  const std::vector<EntryScope> scopes = {
      {10, 50, EntryScope::kNone, 0}, {12, 20, 0, 0}, {30, 40, 0, 0}, {60, 70, EntryScope::kNone, 0}};
  EXPECT_EQ(FindScope(scopes, 10), EntryScope::kNone) << "a scope does not hold itself";
  EXPECT_EQ(FindScope(scopes, 11), 0u);
  EXPECT_EQ(FindScope(scopes, 15), 1u);
  EXPECT_EQ(FindScope(scopes, 25), 0u);
  EXPECT_EQ(FindScope(scopes, 45), 0u);
  EXPECT_EQ(FindScope(scopes, 55), EntryScope::kNone);
  EXPECT_EQ(FindScope({}, 5), EntryScope::kNone);
}

}  // namespace
}  // namespace cairn::symgen
