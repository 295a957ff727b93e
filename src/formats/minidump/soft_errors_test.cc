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

}  // namespace
}  // namespace cairn::minidump
