#include "handler/tracer.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace cairn::handler {
namespace {

TEST(TracerTest, StopsAProcessAndReadsWhereItStands) {
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  const auto threads = StopThreads(child, child);
  ASSERT_TRUE(threads.has_value());
  ASSERT_EQ(threads->size(), 1U);
  EXPECT_EQ((*threads)[0].id, static_cast<std::uint32_t>(child));
  std::uint64_t instruction = 0;
  std::memcpy(&instruction, (*threads)[0].context.data() + 0xf8, sizeof(instruction));
  EXPECT_NE(instruction, 0U);
  kill(child, SIGKILL);
  waitpid(child, nullptr, __WALL);
}

TEST(TracerTest, AProcessThatIsGoneIsAnErrorWithItsErrno) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const auto threads = StopThreads(child, child);
  ASSERT_FALSE(threads.has_value());
  EXPECT_EQ(threads.error().offset, static_cast<std::uint64_t>(ESRCH));
}

}  // namespace
}  // namespace cairn::handler
