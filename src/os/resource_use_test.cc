#include "os/resource_use.h"

#include <gtest/gtest.h>

#include <vector>

#include "os/file.h"

namespace cairn::os {
namespace {

TEST(ResourceUseTest, OpenFilesAndMemoryAreThoseOfThisProcess) {
  const auto before = InspectOwnUse();
  ASSERT_TRUE(before);
  std::vector<FileDescriptor> files;
  for (int i = 0; i < 5; ++i) files.push_back(*OpenForReading("/dev/null"));
  const std::vector<char> memory(64 << 20, 'x');
  const auto after = InspectOwnUse();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->open_files, before->open_files + 5);
  EXPECT_GE(after->open_files_max, after->open_files);
  EXPECT_GE(after->resident_bytes, before->resident_bytes + memory.size() / 2);
  EXPECT_GE(after->cpu_seconds, before->cpu_seconds);
}

TEST(ResourceUseTest, ADiskHasRoomAndASizeAndANameThatIs) {
  const auto disk = InspectDisk("/tmp");
  ASSERT_TRUE(disk);
  EXPECT_GT(disk->size_bytes, 0U);
  EXPECT_LE(disk->free_bytes, disk->size_bytes);
  EXPECT_FALSE(InspectDisk("/nowhere/at/all"));
}

}  // namespace
}  // namespace cairn::os
