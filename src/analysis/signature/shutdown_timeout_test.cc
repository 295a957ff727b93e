#include "analysis/signature/shutdown_timeout.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cairn::signature
