#include "os/directory.h"

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

namespace cairn::os {
namespace {

TEST(DirectoryTest, OnlyWhatIsEmptyGoes) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("directory_test_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "inner");
  EXPECT_TRUE(RemoveEmptyDirectory(folder));
  EXPECT_TRUE(std::filesystem::exists(folder / "inner"));
  EXPECT_TRUE(RemoveEmptyDirectory(folder / "inner"));
  EXPECT_TRUE(RemoveEmptyDirectory(folder));
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_TRUE(RemoveEmptyDirectory(folder)) << "it is not there";
}

}  // namespace
}  // namespace cairn::os
