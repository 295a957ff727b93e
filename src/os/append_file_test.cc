#include "os/append_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <vector>

namespace cairn::os {
namespace {

class AppendFileTest : public ::testing::Test {
 protected:
  AppendFileTest() {
    folder_ = std::filesystem::temp_directory_path() / ("append_file_test." + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  ~AppendFileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(AppendFileTest, PiecesLieOneBehindTheOther) {
  const std::string path = folder_ / "file";
  auto file = AppendFile::Create(path);
  ASSERT_TRUE(file);
  // More than one writev takes.
  std::vector<base::Bytes> pieces(3000, base::AsBytes("ab"));
  pieces.push_back({});
  ASSERT_TRUE(file->Append(pieces));
  ASSERT_TRUE(file->Sync());
  EXPECT_EQ(file->size(), 6000u);
  const auto opened = OpenForReading(path);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*ReadRange(opened->get(), 5997, 10), "bab");
  EXPECT_EQ(*ReadRange(opened->get(), 6001, 10), "");
}

TEST_F(AppendFileTest, AFileThatIsThereIsNotTakenOver) {
  const std::string path = folder_ / "file";
  ASSERT_TRUE(AppendFile::Create(path));
  const auto again = AppendFile::Create(path);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().offset, static_cast<std::uint64_t>(EEXIST));
}

TEST_F(AppendFileTest, WhatDoesNotFitIsCutOffAgain) {
  const std::string path = folder_ / "file";
  auto file = AppendFile::Create(path);
  ASSERT_TRUE(file);
  const std::vector<base::Bytes> first = {base::AsBytes("first")};
  ASSERT_TRUE(file->Append(first));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{8, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::vector<base::Bytes> second = {base::AsBytes("second")};
  const base::Status status = file->Append(second);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().offset, static_cast<std::uint64_t>(EFBIG));
  EXPECT_EQ(std::filesystem::file_size(path), 5u);
  EXPECT_EQ(file->size(), 5u);
}

}  // namespace
}  // namespace cairn::os
