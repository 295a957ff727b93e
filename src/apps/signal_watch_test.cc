#include "apps/signal_watch.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "os/clock.h"

namespace cairn::apps {
namespace {

constexpr int kGaveUp = 100;

// A process that watches, and is told nothing but by signals: at SIGTERM it goes on `busy_ms`, and ends with
// the number of reloads.
pid_t StartWatcher(std::int64_t patience_ms, std::int64_t busy_ms) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  HoldSignals();
  std::atomic<bool> stopping = false;
  std::atomic<int> reloads = 0;
  {
    const SignalWatch watch({.stop = [&stopping] { stopping = true; },
                             .reload = [&reloads] { ++reloads; },
                             .tick = [] {},
                             .give_up = [] { _exit(kGaveUp); }},
                            patience_ms);
    while (!stopping) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(busy_ms));
  }
  _exit(reloads);
}

int ExitCodeOf(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void Send(pid_t pid, int signal_number) {
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // Signals that stand together are one.
  kill(pid, signal_number);
}

TEST(SignalWatchTest, WorkThatEndsInTimeEndsAsItLikes) {
  const pid_t pid = StartWatcher(5'000, 100);
  Send(pid, SIGHUP);
  Send(pid, SIGHUP);
  Send(pid, SIGTERM);
  EXPECT_EQ(ExitCodeOf(pid), 2);
}

TEST(SignalWatchTest, WorkThatDoesNotEndIsGivenUp) {
  const std::int64_t started_ms = os::MonotonicMillis();
  const pid_t pid = StartWatcher(300, 60'000);
  Send(pid, SIGINT);
  EXPECT_EQ(ExitCodeOf(pid), kGaveUp);
  EXPECT_LT(os::MonotonicMillis() - started_ms, 10'000);
}

TEST(SignalWatchTest, WhoInsistsNeedNotWait) {
  const std::int64_t started_ms = os::MonotonicMillis();
  const pid_t pid = StartWatcher(60'000, 60'000);
  Send(pid, SIGTERM);
  Send(pid, SIGTERM);
  EXPECT_EQ(ExitCodeOf(pid), kGaveUp);
  EXPECT_LT(os::MonotonicMillis() - started_ms, 10'000);
}

}  // namespace
}  // namespace cairn::apps
