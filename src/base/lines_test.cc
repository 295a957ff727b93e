#include "base/lines.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

using Lines = std::vector<std::string>;

TEST(LinesTest, LineFeedsEndLinesAndBeginNone) {
  EXPECT_EQ(SplitLines(""), Lines());
  EXPECT_EQ(SplitLines("a"), Lines({"a"}));
  EXPECT_EQ(SplitLines("a\n"), Lines({"a"}));
  EXPECT_EQ(SplitLines("\na\n\nb c\r\n"), Lines({"", "a", "", "b c\r"}));
}

}  // namespace
}  // namespace cairn::base
