#include "base/csv.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(CsvTest, CellsAreQuotedWhereTheyMustBe) {
  EXPECT_EQ(CsvCell(""), "");
  EXPECT_EQ(CsvCell("f<int> | g"), "f<int> | g");
  EXPECT_EQ(CsvCell("f(int, int)"), "\"f(int, int)\"");
  EXPECT_EQ(CsvCell("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(CsvCell("two\nlines"), "\"two\nlines\"");
}

TEST(CsvTest, NoCellIsAFormula) {
  for (const std::string text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"})
    EXPECT_EQ(CsvCell(text), "'" + text);
  EXPECT_EQ(CsvCell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(CsvCell("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
  EXPECT_EQ(CsvCell("a=1"), "a=1");
}

}  // namespace
}  // namespace cairn::base
