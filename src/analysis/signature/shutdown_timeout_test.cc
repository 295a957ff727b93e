#include "analysis/signature/shutdown_timeout.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

namespace cairn::signature {
namespace {

std::string Signature(std::string_view annotation) { return ReadShutdownTimeout(annotation).signature; }

TEST(ShutdownTimeoutTest, IsThePhaseAndWhatItWaitedFor) {
  EXPECT_EQ(Signature(R"({"phase":"p","conditions":[{"name":"B"},"A"]})"), "AsyncShutdownTimeout | p | A,B");
  EXPECT_EQ(Signature("{}"), "AsyncShutdownTimeout | (unknown) | (none)");
  EXPECT_EQ(Signature(R"({"phase":3,"conditions":null})"), "AsyncShutdownTimeout | (unknown) | (none)");
  EXPECT_EQ(Signature(R"({"conditions":{"b":1,"a":2}})"), "AsyncShutdownTimeout | (unknown) | a,b");
  EXPECT_EQ(Signature(R"({"conditions":"cab"})"), "AsyncShutdownTimeout | (unknown) | a,b,c");
  EXPECT_EQ(Signature(R"({"conditions":[null, 1.5, {"name": null}]})"),
            "AsyncShutdownTimeout | (unknown) | 1.5,None,None");
}

TEST(ShutdownTimeoutTest, WhatCannotBeReadIsUnknown) {
  const ShutdownTimeout no_json = ReadShutdownTimeout("{{");
  EXPECT_EQ(no_json.signature, "AsyncShutdownTimeout | UNKNOWN");
  EXPECT_EQ(no_json.mistake, "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
  const ShutdownTimeout no_name = ReadShutdownTimeout(R"({"phase":"p","conditions":[{"x":1}]})");
  EXPECT_EQ(no_name.signature, "AsyncShutdownTimeout | p | UNKNOWN");
  EXPECT_EQ(no_name.mistake, "'name'");
}

TEST(ShutdownTimeoutTest, WhatIsNoObjectFails) {
  EXPECT_EQ(ReadShutdownTimeout("[1]").failure, "'list' object has no attribute 'get'");
  EXPECT_EQ(ReadShutdownTimeout("null").failure, "'NoneType' object has no attribute 'get'");
  EXPECT_EQ(ReadShutdownTimeout(R"({"conditions":true})").failure, "'bool' object is not iterable");
  EXPECT_EQ(ReadShutdownTimeout("{}").failure, "");
}

TEST(ShutdownTimeoutTest, WhatIsKeptHasThePhaseAndTheNamesAlone) {
  EXPECT_EQ(ReduceShutdownTimeout(
                R"({"phase":"p","conditions":[{"name":"B","state":"planted"},"A"],"x":"planted"})"),
            R"({"phase":"p","conditions":["A,B"]})");
  EXPECT_EQ(ReduceShutdownTimeout(R"({"phase":{"planted":1}})"), "{}");
  EXPECT_EQ(ReduceShutdownTimeout(R"({"conditions":[{"planted":1}]})"), R"({"conditions":[{}]})");
  EXPECT_EQ(ReduceShutdownTimeout("planted"), "{");
  EXPECT_EQ(ReduceShutdownTimeout("[\"planted\"]"), "");
}

TEST(ShutdownTimeoutTest, LongPartsAreCut) {
  const std::string reduced = ReduceShutdownTimeout(R"({"phase":")" + std::string(5000, 'p') +
                                                    R"(","conditions":[")" + std::string(5000, 'c') + "\"]}");
  EXPECT_EQ(reduced.size(),
            2 * kMaxShutdownPartBytes + std::string(R"({"phase":"","conditions":[""]})").size());
}

// Values of no particular shape, which have the names that are asked for.
class RandomJson {
 public:
  explicit RandomJson(unsigned seed) : random_(seed) {}

  std::string Annotation() {
    std::string text = Object(4);
    if (Below(6) == 0) text.resize(Below(text.size() + 1));
    if (Below(12) == 0) text = Value(3);
    return text;
  }

 private:
  std::size_t Below(std::size_t count) { return random_() % count; }

  std::string Text() {
    static constexpr const char* kParts[] = {"a",           "B,",      " ",     "\\n",      "\\u0001",
                                             "\\\"",        "\\\\",    "'",     "\xc3\xa4", "\\ud83d",
                                             "RunWatchdog", "\\u00a0", "(none)"};
    std::string text;
    for (std::size_t count = Below(4); count > 0; --count) text += kParts[Below(std::size(kParts))];
    return "\"" + text + "\"";
  }
  std::string Value(int depth) {
    static constexpr const char* kWords[] = {"null", "true", "false", "0",  "-0.0",
                                             "1.5",  "1e22", "NaN",   "{}", "[]"};
    const std::size_t kind = Below(depth > 0 ? 4 : 2);
    if (kind == 0) return kWords[Below(std::size(kWords))];
    if (kind == 1) return Text();
    if (kind == 2) return Object(depth - 1);
    std::string list;
    for (std::size_t count = Below(4); count > 0; --count)
      list += (list.empty() ? "" : ", ") + Value(depth - 1);
    return "[" + list + "]";
  }
  std::string Object(int depth) {
    static constexpr const char* kNames[] = {"phase", "conditions", "name", "conditions", "other"};
    std::string members;
    for (std::size_t count = Below(5); count > 0; --count) {
      members += (members.empty() ? "\"" : ",\"") + std::string(kNames[Below(std::size(kNames))]) +
                 "\":" + Value(depth);
    }
    return "{" + members + "}";
  }

  std::mt19937 random_;
};

TEST(ShutdownTimeoutTest, WhatIsKeptHasTheSameSignature) {
  RandomJson source(1);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string annotation = source.Annotation();
    const ShutdownTimeout timeout = ReadShutdownTimeout(annotation);
    const std::string reduced = ReduceShutdownTimeout(annotation);
    ASSERT_EQ(reduced.empty(), !timeout.failure.empty()) << annotation;
    if (reduced.empty()) continue;
    read += timeout.mistake.empty() ? 1 : 0;
    ASSERT_EQ(ReadShutdownTimeout(reduced).signature, timeout.signature) << annotation << " to " << reduced;
    ASSERT_EQ(ReduceShutdownTimeout(reduced), reduced) << annotation;
  }
  EXPECT_GT(read, 5'000);
}

}  // namespace
}  // namespace cairn::signature
