#include "os/temporary_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace cairn::os {
namespace {

namespace fs = std::filesystem;

class TemporaryFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cairn_temporary_file_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::size_t Files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

TEST_F(TemporaryFileTest, IsRemovedUnlessItIsRenamed) {
  {
    auto file = TemporaryFile::Create(folder_, "x");
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(Files(), 1u);
  }
  EXPECT_EQ(Files(), 0u);
  {
    auto file = TemporaryFile::Create(folder_, "x");
    ASSERT_TRUE(file.has_value());
    EXPECT_TRUE(WriteAll(file->fd(), base::AsBytes("text")).has_value());
    EXPECT_TRUE(file->RenameTo(folder_ / "whole").has_value());
  }
  EXPECT_EQ(Files(), 1u);
  EXPECT_EQ(*ReadFile(folder_ / "whole", 100), "text");
}

TEST_F(TemporaryFileTest, FolderThatIsNotThereIsAnError) {
  EXPECT_EQ(TemporaryFile::Create(folder_ / "nowhere", "x").error().code, base::Code::kIo);
}

}  // namespace
}  // namespace cairn::os
