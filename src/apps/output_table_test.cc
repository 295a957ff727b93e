#include "apps/output_table.h"

#include <gtest/gtest.h>

namespace cairn::apps {
namespace {

const OutputTable kTable = {
    .head = {"signature", "count"},
    .rows = {{{"f(int) | g"}, {"7", false}}, {{"=größe\n\x1b[31m\xC2\x9B"}, {"", false}}}};

TEST(OutputTableTest, ColumnsAreWholeInAPipe) {
  EXPECT_EQ(AsColumns(kTable, std::nullopt),
            "signature      count\n"
            "f(int) | g         7\n"
            "=größe  [31m\n");
}

TEST(OutputTableTest, ATerminalGetsLinesThatFit) {
  EXPECT_EQ(AsColumns(kTable, 16),
            "signature  count\n"
            "f(int) |…      7\n"
            "=größe  …\n");
  EXPECT_EQ(AsColumns({.head = {"a"}, .rows = {{{"123456789"}}}}, 1), "a\n1234567…\n")
      << "there is a least width";
  EXPECT_EQ(AsColumns({}, 80), "");
}

TEST(OutputTableTest, ProgramsGetWhatTheyRead) {
  EXPECT_EQ(AsCsv({.head = {"a,b", "n"}, .rows = {{{"=1"}, {"-1", false}}}}, true),
            "\"a,b\",n\r\n'=1,-1\r\n");
  EXPECT_EQ(AsCsv(kTable, false).substr(0, 14), "f(int) | g,7\r\n");
  EXPECT_EQ(AsMarkdown({.head = {"s", "n"}, .rows = {{{"a | b\nc"}, {"1", false}}}}),
            "| s | n |\n| --- | --- |\n| a \\| b c | 1 |\n");
  EXPECT_EQ(AsJsonLines({.head = {"s", "n", "x"}, .rows = {{{"a\"\n"}, {"1", false}, {"", false}}}}),
            "{\"s\":\"a\\\"\\n\",\"n\":1,\"x\":null}\n");
}

}  // namespace
}  // namespace cairn::apps
