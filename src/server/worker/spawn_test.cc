#include "server/worker/spawn.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <array>

#include "os/clock.h"
#include "os/file.h"

namespace cairn::worker {
namespace {

base::Result<RunResult> Shell(const std::string& script, std::span<const int> files,
                              int timeout_ms = 10'000) {
  const std::array<std::string, 2> arguments = {"-c", script};
  return RunOnce("/bin/sh", arguments, files, timeout_ms, 5);
}

TEST(SpawnTest, AProcessHasTheFilesThatItIsGivenAndNoOthers) {
  const os::FileDescriptor input = *os::CreateInMemory();
  const os::FileDescriptor output = *os::CreateInMemory();
  ASSERT_TRUE(os::WriteAll(input.get(), base::AsBytes("hello")));
  ASSERT_TRUE(os::Rewind(input.get()));
  // In the other order than this process has them.
  const auto result =
      Shell("cat <&4 >&3; echo; ls /proc/self/fd | wc -l >&3; exit 7", std::array{output.get(), input.get()});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, RunResult::End::kExited);
  EXPECT_EQ(result->code, 7);
  ASSERT_TRUE(os::Rewind(output.get()));
  // 0 to 4, and the folder that ls reads.
  EXPECT_EQ(*os::ReadAll(output.get(), 100), "hello6\n");
}

TEST(SpawnTest, HowItEndedIsTold) {
  auto result = Shell("kill -9 $$", {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, RunResult::End::kKilled);
  EXPECT_EQ(result->code, SIGKILL);
  const std::int64_t start = os::MonotonicMillis();
  result = Shell("exec sleep 60", {}, 100);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, RunResult::End::kTooSlow);
  EXPECT_LT(os::MonotonicMillis() - start, 5000);
  EXPECT_EQ(RunOnce("/nowhere", {}, {}, 100, 1).error().code, base::Code::kNotFound);
}

TEST(SpawnTest, ItsCpuTimeIsLimited) {
  const std::array<std::string, 2> arguments = {"-c", "while :; do :; done"};
  const auto result = RunOnce("/bin/sh", arguments, {}, 20'000, 1);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, RunResult::End::kKilled);
}

}  // namespace
}  // namespace cairn::worker
