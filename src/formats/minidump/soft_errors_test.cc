#include "formats/minidump/soft_errors.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/minidump_builder.h"

namespace cairn::minidump {
namespace {

std::string SoftErrorsOf(std::string_view text) {
  testing::MinidumpBuilder builder;
  const base::Bytes bytes = base::AsBytes(text);
  builder.Stream(0x4d7a0004, std::vector<std::byte>(bytes.begin(), bytes.end()));
  DumpForTest dump(builder.Build());
  return ReadSoftErrors(*dump, dump.diagnostics);
}

TEST(SoftErrors, AreJsonOnOneLineOrNothing) {
  EXPECT_EQ(SoftErrorsOf("[{\"InitErrors\":\n [\"x\"]}]"), "[{\"InitErrors\":[\"x\"]}]");
  EXPECT_EQ(SoftErrorsOf(std::string_view("[]\0\0", 4)), "[]") << "padding";
  EXPECT_EQ(SoftErrorsOf("[], \"status\": \"forged\""), "");
  EXPECT_EQ(SoftErrorsOf("]},\"status\":\"forged\""), "");
}

TEST(SoftErrors, EveryKindOfValueIsTaken) {
  for (const std::string_view text : {"{}", "[]", "[1,-0.5,0]", "\"\\n\\\\\\\"\"", "true", "null",
                                      "{\"a\":{\"b\":[false,{}]},\"c\":\"\xc3\xa9\"}"}) {
    EXPECT_EQ(SoftErrorsOf(text), text);
  }
}

TEST(SoftErrors, WhatIsNoJsonIsNoted) {
  for (const std::string_view text :
       {" ", "{", "[1,]", "[1 2]", "{\"a\"}", "01", "1e", "\"", "\"\n\"", "tru", "[]]", "\"\xff\"", "'a'"}) {
    testing::MinidumpBuilder builder;
    const base::Bytes bytes = base::AsBytes(text);
    builder.Stream(0x4d7a0004, std::vector<std::byte>(bytes.begin(), bytes.end()));
    DumpForTest dump(builder.Build());
    EXPECT_EQ(ReadSoftErrors(*dump, dump.diagnostics), "") << text;
    ASSERT_EQ(dump.diagnostics.kept().size(), 1u) << text;
    EXPECT_EQ(dump.diagnostics.kept()[0].what, "errors of the writer");
  }
}

// Whoever reads the JSON that it becomes a part of has a bound of its own.
TEST(SoftErrors, DepthIsBounded) {
  const std::string deep = std::string(60, '[') + std::string(60, ']');
  EXPECT_EQ(SoftErrorsOf(deep), deep);
  EXPECT_EQ(SoftErrorsOf(std::string(80, '[') + std::string(80, ']')), "");
  EXPECT_EQ(SoftErrorsOf(std::string(100000, '[')), "");
}

}  // namespace
}  // namespace cairn::minidump
