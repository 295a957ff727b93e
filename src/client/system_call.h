// System calls by number and a deadline, for code that runs in a crashed process.
//
// syscall() is used rather than libc's wrappers: those are cancellation points, and a cancelled thread would
// unwind out of the signal handler.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace cairn::internal {

template <typename... Arguments>
long SystemCall(long number, Arguments... arguments) {
  return syscall(number, arguments...);
}

class Deadline {
 public:
  explicit Deadline(int duration_ms) : end_ms_(NowMs() + duration_ms) {}

  int RemainingMs() const {
    const long remaining = end_ms_ - NowMs();
    return remaining > 0 ? static_cast<int>(remaining) : 0;
  }

 private:
  static long NowMs() {
    timespec now{};
    SystemCall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
  }

  long end_ms_;
};

}  // namespace cairn::internal
