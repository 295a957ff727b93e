#include "os/process.h"

#include <gtest/gtest.h>

#include <csignal>

namespace cairn::os {
namespace {

TEST(RunProgramTest, GivesTheExitCodeAndTellsFailuresApart) {
  const auto exited = RunProgram("/bin/sh", {"-c", "exit 7"}, 10'000);
  ASSERT_TRUE(exited.has_value());
  EXPECT_EQ(*exited, 7);
  EXPECT_EQ(RunProgram("/nowhere/program", {}, 10'000).error().code, base::Code::kNotFound);
  const auto killed = RunProgram("/bin/sh", {"-c", "kill -TERM $$"}, 10'000);
  ASSERT_FALSE(killed.has_value());
  EXPECT_EQ(killed.error().code, base::Code::kRefused);
  EXPECT_EQ(killed.error().offset, static_cast<std::uint64_t>(SIGTERM));
}

TEST(RunProgramTest, ProgramThatTakesTooLongIsKilled) {
  EXPECT_EQ(RunProgram("/bin/sleep", {"60"}, 30).error().code, base::Code::kTimeout);
}

}  // namespace
}  // namespace cairn::os
