#include "analysis/signature/java_trace.h"

#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

TEST(JavaTraceTest, LinesOfAStackLoseTheirMessage) {
  for (const char* const line :
       {"\tat a.B.f(B.java:7)", "  at a.B$1.<init>(B.kt)", "\tat a.B.f(Native Method)",
        "\tat a.B.f(Unknown Source:12)", "\tat java.base@17/a.B.f(B.java:7)", "\t... 12 more",
        "\t... 3 common frames omitted", "Caused by: a.X", "\tSuppressed: a.X"}) {
    EXPECT_EQ(JavaStackLine(line), line);
  }
  EXPECT_EQ(JavaStackLine("\tat a.B.f(B.java:7)\r"), "\tat a.B.f(B.java:7)");
  EXPECT_EQ(JavaStackLine("Caused by: a.X: words: more"), "Caused by: a.X");
  EXPECT_EQ(JavaStackLine("\tSuppressed: a.X: words"), "\tSuppressed: a.X");
}

TEST(JavaTraceTest, LinesOfAMessageAreNone) {
  for (const char* const line :
       {"", " ", "words", "at a.B.f(B.java:7)", " at home", " at home (in bed)", " at (home)",
        " at home(I am)", " at a.f(b)c", " at a.f((b))", " ... and more", " ... 12 words",
        "Caused by: me and you", "Caused by: ", "Caused by: : a"}) {
    EXPECT_EQ(JavaStackLine(line), "") << line;
  }
}

}  // namespace
}  // namespace cairn::signature
