// usage: launch PROGRAM [ARGUMENT...]; runs the program once, its output to nowhere, and prints how long it
// took in nanoseconds and its peak memory in KiB.
//
// A process's peak begins with that of the process it was forked from, until it runs its own program. So
// whoever starts what is measured must be small: this program is linked statically and holds half a megabyte,
// where Python holds tens of them.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace {

constexpr int kUsage = 2;
constexpr int kFailed = 1;

long long Nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return kUsage;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const long long start = Nanoseconds();
  pid_t child = 0;
  if (posix_spawn(&child, argv[1], &actions, nullptr, argv + 1, environ) != 0) return kFailed;
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child || status != 0) return kFailed;
  std::printf("%lld %ld\n", Nanoseconds() - start, usage.ru_maxrss);
  return 0;
}
