#include "analysis/signature/java_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Text(std::string_view stack_trace) { return SignJavaStackTrace(stack_trace).text; }

TEST(JavaSignatureTest, IsTheExceptionAndTheFirstMethodWithoutItsLine) {
  const JavaSignature signature =
      SignJavaStackTrace("java.lang.X: words\n\tat a.b.C.d(C.java:12)\n\tat e.f(G.java:1)");
  EXPECT_EQ(signature.text, "java.lang.X: words at a.b.C.d(C.java)");
  EXPECT_THAT(signature.notes, IsEmpty());
  EXPECT_EQ(Text("X: w\nat a.b(C.kt:12)"), "X: w at a.b(C.kt:12)");
  EXPECT_EQ(Text("X: w\nat a.b(C.java:)"), "X: w at a.b(C.java:)");
}

TEST(JavaSignatureTest, AddressesOfObjectsAreDropped) {
  EXPECT_EQ(Text("X: m@4054b560\nat a.b(C.java:1)"), "X: m@<addr>: at a.b(C.java)");
  EXPECT_EQ(Text("X: m@4054b560 gone\nat a.b(C.java:1)"), "X: m@<addr> gone at a.b(C.java)");
  EXPECT_EQ(Text("X: m@4054B560 @@0123456789\nq"), "X: m@4054B560 @@<addr>89 q");
}

TEST(JavaSignatureTest, WhatIsMissingIsNoted) {
  const JavaSignature no_colon = SignJavaStackTrace("NoColon\n\tat q");
  EXPECT_EQ(no_colon.text, "NoColon: at q");
  EXPECT_THAT(no_colon.notes,
              ElementsAre("JavaSignatureTool: stack trace line 1 is not in the expected format"));
  const JavaSignature one_line = SignJavaStackTrace("x: y\n");
  EXPECT_EQ(one_line.text, "x: y");
  EXPECT_THAT(one_line.notes, ElementsAre("JavaSignatureTool: stack trace line 2 is missing"));
  EXPECT_THAT(SignJavaStackTrace("x: y\n \nq").notes,
              ElementsAre("JavaSignatureTool: stack trace line 2 is empty"));
  EXPECT_EQ(Text("\n"), "");
}

TEST(JavaSignatureTest, LongWordsAreDropped) {
  const JavaSignature signature = SignJavaStackTrace("E: " + std::string(300, 't') + "\nat a.b(c.java:1)");
  EXPECT_EQ(signature.text, "E: at a.b(c.java)");
  EXPECT_THAT(signature.notes,
              ElementsAre("JavaSignatureTool: dropped Java exception description due to length"));
  std::string wide = "E: ";
  for (int i = 0; i < 250; ++i) wide += "\xc3\xa4";
  EXPECT_EQ(Text(wide), wide) << "characters are counted, not bytes";
}

TEST(JavaSignatureTest, StructuredException) {
  const JavaFrame frame{"a.B", "f", "B.kt"};
  EXPECT_EQ(
      SignJavaException({.has_stack = true, .module = "java.io", .type = "IOException", .frame = frame}).text,
      "java.io.IOException: at a.B.f(B.kt)");
  EXPECT_EQ(SignJavaException({.has_stack = true, .module = "java.io", .type = "E"}).text, "java.io.E");
  EXPECT_EQ(SignJavaException({.has_stack = true, .type = "E", .frame = JavaFrame{"", "", "B.kt"}}).text,
            "E: at unknown");
  EXPECT_THAT(SignJavaException({}).notes,
              ElementsAre("JavaExceptionSignatureTool: value not in expected format"));
}

}  // namespace
}  // namespace cairn::signature
