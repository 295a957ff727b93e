#include "server/worker/spawn.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "os/clock.h"
#include "os/file.h"

namespace cairn::worker {
namespace {

base::Result<RunResult> Shell(const std::string& script, std::span<const int> files,
                              int timeout_ms = 10'000) {
  const std::array<std::string, 2> arguments = {"-c", script};
  return RunOnce("/bin/sh", arguments, files, {.timeout_ms = timeout_ms, .cpu_seconds = 5});
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
  EXPECT_EQ(RunOnce("/nowhere", {}, {}, {.timeout_ms = 100, .cpu_seconds = 1}).error().code,
            base::Code::kNotFound);
}

TEST(SpawnTest, WhatIsCancelledEndsAtOnce) {
  const std::array<std::string, 2> arguments = {"-c", "exec sleep 60"};
  std::atomic<bool> cancelled = false;
  std::thread canceller([&cancelled] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancelled = true;
  });
  const std::int64_t start = os::MonotonicMillis();
  const auto result =
      RunOnce("/bin/sh", arguments, {}, {.timeout_ms = 60'000, .cpu_seconds = 5, .cancelled = &cancelled});
  canceller.join();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, RunResult::End::kTooSlow);
  EXPECT_LT(os::MonotonicMillis() - start, 5000);
}

TEST(SpawnTest, ItsCpuTimeIsLimited) {
  const std::array<std::string, 2> arguments = {"-c", "while :; do :; done"};
  const auto result = RunOnce("/bin/sh", arguments, {}, {.timeout_ms = 20'000, .cpu_seconds = 1});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, RunResult::End::kKilled);
}

}  // namespace
}  // namespace cairn::worker
