#include "server/worker/java_exception.h"

#include <gtest/gtest.h>

#include "analysis/signature/java_signature.h"

namespace cairn::worker {
namespace {

std::string Text(std::string_view annotation) {
  const std::string reduced = ReduceJavaException(annotation);
  EXPECT_EQ(reduced.find("planted"), std::string::npos) << reduced;
  EXPECT_EQ(ReduceJavaException(reduced), reduced);
  const auto exception = ReadJavaException(reduced);
  return exception ? signature::SignJavaException(*exception).text : "none";
}

TEST(JavaExceptionAnnotationTest, ReportAndPingOfOneCrashHaveOneSignature) {
  const std::string expected = "java.io.E: at a.B.f(B.kt)";
  EXPECT_EQ(Text(R"({"exception":{"values":[{"value":"planted","stacktrace":{"module":"java.io","type":"E",
      "frames":[{"module":"a.B","function":"f","filename":"B.kt","lineno":3}]}}]}})"),
            expected);
  EXPECT_EQ(
      Text(R"({"throwables":[{"message":"planted","typeName":"java.io.E","stack":[{"file":"B.kt","line":3,
      "className":"a.B","methodName":"f","isNative":false},{"className":"c"}]},{"typeName":"cause"}]})"),
      expected);
  EXPECT_EQ(Text(R"({"throwables":[{"type_name":"java.io.E","stack":[{"file":"B.kt","class_name":"a.B",
      "method_name":"f"}]}]})"),
            expected);
}

TEST(JavaExceptionAnnotationTest, WhatIsMissingIsSaid) {
  EXPECT_EQ(Text(R"({"messages":["planted"],"stack":[{"file":"B.kt","className":"a.B","methodName":"f"}]})"),
            "Unknown: at a.B.f(B.kt)");
  EXPECT_EQ(Text(R"({"throwables":[{"type_name":"E"}]})"), "E");
  EXPECT_EQ(Text(R"({"throwables":[]})"), "EMPTY: Java exception not in expected format");
  EXPECT_EQ(Text(R"({"planted":1})"), "EMPTY: Java exception not in expected format");
  EXPECT_EQ(Text("{}"), "none");
  EXPECT_EQ(Text("planted"), "none") << "what is no JSON is no exception";
}

}  // namespace
}  // namespace cairn::worker
