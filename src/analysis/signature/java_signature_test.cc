#include "analysis/signature/java_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

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

TEST(JavaSignatureTest, WhatIsKeptOfATraceHasNoWords) {
  EXPECT_EQ(ReduceJavaStackTrace(
                "java.lang.X: planted: one\nplanted two\r\n\tat a.B.c(B.java:7)\n\tat d.e(D.java:8)\n"
                "Caused by: java.io.Y: planted\n"),
            "java.lang.X:\n\tat a.B.c(B.java:7)");
  EXPECT_EQ(ReduceJavaStackTrace("a.X\n\t... 12 more"), "a.X:\n\t... 12 more");
  EXPECT_EQ(ReduceJavaStackTrace(
                "a.X: planted\nat planted\n at planted\nCaused by: planted it\nCaused by: b.Y: planted\n"),
            "a.X:\n\tCaused by: b.Y");
  EXPECT_EQ(ReduceJavaStackTrace("a.X: planted\n\tat a.b(C.java:1)\xe2\x80\xa8planted"),
            "a.X:\n\tat a.b(C.java:1)");
  EXPECT_EQ(ReduceJavaStackTrace("a.X: planted"), "a.X:");
  EXPECT_EQ(ReduceJavaStackTrace("planted words\n\tat a.B.c(B.java:7)"), "")
      << "nothing tells words from a class";
  EXPECT_EQ(ReduceJavaStackTrace("\n\tat a.B.c(B.java:7)"), "");
  EXPECT_EQ(ReduceJavaStackTrace(""), "");
  EXPECT_EQ(ReduceJavaStackTrace("a.X\n\tat " + std::string(2000, 'a') + "(B.java)\n\tat a.b(C.java)"),
            "a.X:\n\tat a.b(C.java)");
}

// Traces as Java prints them, with any message.
class RandomTrace {
 public:
  explicit RandomTrace(unsigned seed) : random_(seed) {}

  struct Trace {
    std::string thrown;
    std::string message;
    std::string places;
  };
  Trace Make() {
    static constexpr const char* kClasses[] = {"java.lang.X", "a.b.C$1", "Y", "kotlin.Z_2"};
    static constexpr const char* kPlaces[] = {
        "at a.B.f(B.java:12)",    "at a.B.f(B.kt:3)", "at c.D$1.<init>(Native Method)",
        "at e.f(Unknown Source)", "... 12 more",      "Caused by: b.X"};
    Trace trace{.thrown = Pick(kClasses), .message = {}, .places = {}};
    for (std::size_t count = random_() % 3; count > 0; --count)
      trace.places += std::string("\n\t") + Pick(kPlaces);
    static constexpr const char* kWords[] = {
        "planted",  " ",   ":", "at ", "\n", "\r\n", "\nplanted at ", "@0123abcd", "\nCaused by planted: ",
        "\xc3\xa4", "\x01"};
    for (std::size_t count = random_() % 8; count > 0; --count) trace.message += Pick(kWords);
    return trace;
  }

 private:
  template <std::size_t kCount>
  std::string Pick(const char* const (&choices)[kCount]) {
    return choices[random_() % kCount];
  }

  std::mt19937 random_;
};

TEST(JavaSignatureTest, WhatIsKeptOfATraceHasTheSignatureOfOneWithoutAMessage) {
  RandomTrace source(1);
  for (int i = 0; i < 20'000; ++i) {
    const RandomTrace::Trace trace = source.Make();
    const std::string reduced = ReduceJavaStackTrace(trace.thrown + ": " + trace.message + trace.places);
    ASSERT_EQ(Text(reduced), Text(trace.thrown + ":" + trace.places)) << trace.message << trace.places;
    ASSERT_EQ(Text(ReduceJavaStackTrace(trace.thrown + trace.places)), Text(trace.thrown + trace.places));
    ASSERT_EQ(reduced.find("planted"), std::string::npos) << trace.message;
    ASSERT_EQ(ReduceJavaStackTrace(reduced), reduced);
    // One that is too long for a signature is left out of it by the reference too.
    ASSERT_EQ(Text(trace.thrown + ": " + std::string(300, 'm') + trace.places),
              Text(trace.thrown + ": " + trace.places) + (trace.places.empty() ? ": " : ""))
        << trace.places;
  }
}

}  // namespace
}  // namespace cairn::signature
