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

TEST(SoftErrors, AreJsonOrNothing) {
  EXPECT_EQ(SoftErrorsOf("[{\"InitErrors\": [\"x\"]}]"), "[{\"InitErrors\": [\"x\"]}]");
  EXPECT_EQ(SoftErrorsOf(std::string_view("[]\0\0", 4)), "[]") << "padding";
  EXPECT_EQ(SoftErrorsOf("[], \"status\": \"forged\""), "");
}

TEST(IsJson, TakesEveryKindOfValue) {
  for (const std::string_view text : {"{}", "[]", " [ 1 , -0.5e+3 , 0, 10E2 ] ", "\"\\u00e9\\n\\\\\\\"\"",
                                      "true", "null", "{\"a\":{\"b\":[false,{}]},\"c\":\"é\"}"}) {
    EXPECT_TRUE(IsJson(text)) << text;
  }
}

TEST(IsJson, RefusesTheRest) {
  for (const std::string_view text :
       {"",   " ",  "{",  "[1,]",    "[1 2]",       "{\"a\"}", "{a:1}", "{\"a\":1,}", "01",       "1.", "-",
        "+1", "1e", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\n\"",  "tru",   "[]]",        "\"\xff\"", "'a'"}) {
    EXPECT_FALSE(IsJson(text)) << text;
  }
}

TEST(IsJson, DepthIsBounded) {
  EXPECT_TRUE(IsJson(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(IsJson(std::string(100000, '[')));
}

}  // namespace
}  // namespace cairn::minidump
