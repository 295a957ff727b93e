#include "os/lock_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

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

}  // namespace
}  // namespace cairn::os
