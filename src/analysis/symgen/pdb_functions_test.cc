#include "analysis/symgen/pdb_functions.h"

#include <string>

#include <gtest/gtest.h>

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

TEST(Overlay, InlinedCodeTakesThePlaceOfTheCall) {
  const std::vector<LineRecord> lines = {Line(0, 10, 1), Line(10, 10, 2), Line(30, 10, 3)};
  EXPECT_EQ(Show(Overlay(lines, {Line(5, 10, 7)})), "0-5:1 5-15:7 15-20:2 30-40:3 ");
  EXPECT_EQ(Show(Overlay(lines, {Line(2, 2, 7), Line(6, 2, 8), Line(35, 100, 9)})),
            "0-2:1 2-4:7 4-6:1 6-8:8 8-10:1 10-20:2 30-35:3 35-40:9 ");
  EXPECT_EQ(Show(Overlay(lines, {})), "0-10:1 10-20:2 30-40:3 ");
  EXPECT_EQ(Show(Overlay(lines, {Line(20, 10, 7)})), "0-10:1 10-20:2 30-40:3 ") << "nothing is added";
  EXPECT_EQ(Show(Overlay({}, {Line(20, 10, 7)})), "");
}

}  // namespace
}  // namespace cairn::symgen
