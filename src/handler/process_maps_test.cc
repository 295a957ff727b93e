#include "handler/process_maps.h"

#include <gtest/gtest.h>

namespace cairn::handler {
namespace {

TEST(ProcessMapsTest, ReadsAFileWithBlanksInItsName) {
  const auto maps =
      ParseMaps("7f00-7f21 r-xp 0001f000 08:01 131415                     /opt/my app/libfoo.so\n");
  ASSERT_EQ(maps.size(), 1U);
  EXPECT_EQ(maps[0].start.value, 0x7f00U);
  EXPECT_EQ(maps[0].end.value, 0x7f21U);
  EXPECT_TRUE(maps[0].readable);
  EXPECT_TRUE(maps[0].executable);
  EXPECT_EQ(maps[0].offset, 0x1f000U);
  EXPECT_EQ(maps[0].inode, 131415U);
  EXPECT_EQ(maps[0].path, "/opt/my app/libfoo.so");
}

TEST(ProcessMapsTest, ADeletedFileKeepsItsName) {
  const auto maps = ParseMaps("1000-2000 r--p 00000000 08:01 7 /tmp/a.so (deleted)\n");
  ASSERT_EQ(maps.size(), 1U);
  EXPECT_EQ(maps[0].path, "/tmp/a.so");
}

TEST(ProcessMapsTest, AnonymousMappingsHaveNoPath) {
  const auto maps =
      ParseMaps("1000-2000 ---p 00000000 00:00 0 \n3000-4000 rw-p 00000000 00:00 0      [stack]");
  ASSERT_EQ(maps.size(), 2U);
  EXPECT_EQ(maps[0].path, "");
  EXPECT_FALSE(maps[0].readable);
  EXPECT_EQ(maps[1].path, "[stack]");
}

TEST(ProcessMapsTest, LinesThatMakeNoSenseAreLeftOut) {
  EXPECT_EQ(ParseMaps("\nnonsense\n2000-1000 r--p 0 08:01 7 /a\nx-y r--p 0 08:01 7 /a\n1000-2000 r\n").size(),
            0U);
  EXPECT_EQ(ParseMaps("").size(), 0U);
}

}  // namespace
}  // namespace cairn::handler
