#include "os/lock_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>

namespace cairn::os {
namespace {

TEST(LockFileTest, OneHolderAtATimeAndItIsNamed) {
  const std::string path = ::testing::TempDir() + "lock_" + std::to_string(getpid());
  std::string holder;
  std::optional<base::Result<LockFile>> first = LockFile::Take(path, "process 1", &holder);
  ASSERT_TRUE(first->has_value());
  const auto second = LockFile::Take(path, "process 2", &holder);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Code::kRefused);
  EXPECT_EQ(holder, "process 1");
  first.reset();
  EXPECT_TRUE(LockFile::Take(path, "process 2", &holder));
}

TEST(LockFileTest, WaitsUntilTheOtherIsDone) {
  const std::string path = ::testing::TempDir() + "wait_" + std::to_string(getpid());
  std::optional<base::Result<LockFile>> first = LockFile::Wait(path, 1000);
  ASSERT_TRUE(first->has_value());
  const auto impatient = LockFile::Wait(path, 20);
  ASSERT_FALSE(impatient) << "the same process may not hold it twice";
  EXPECT_EQ(impatient.error().code, base::Code::kTimeout);
  std::thread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    first.reset();
  });
  EXPECT_TRUE(LockFile::Wait(path, 10'000));
  release.join();
}

TEST(LockFileTest, FolderThatIsNotThereIsAnError) {
  EXPECT_EQ(LockFile::Wait("/nowhere/lock", 10).error().code, base::Code::kIo);
}

}  // namespace
}  // namespace cairn::os
