#include "server/worker/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "os/clock.h"
#include "os/file.h"
#include "server/worker/protocol.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;

constexpr std::int64_t kLookForCancelMs = 100;

// Descriptors above all that the new process is to have: moving them down then overwrites none.
base::Result<std::vector<os::FileDescriptor>> CopiesAbove(std::span<const int> files) {
  const int above = kSocketFd + static_cast<int>(files.size());
  std::vector<os::FileDescriptor> copies;
  for (const int file : files) {
    copies.emplace_back(fcntl(file, F_DUPFD_CLOEXEC, above));
    if (!copies.back().valid())
      return Error{Code::kIo, static_cast<std::uint64_t>(errno), "worker: descriptor"};
  }
  return copies;
}

// Null-terminated, as execve wants it; borrows from `texts`.
std::vector<char*> PointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Whether the process of this descriptor ended before.
bool WaitUntil(std::int64_t deadline_ms, int process, const std::atomic<bool>* cancelled) {
  for (;;) {
    const std::int64_t left_ms = deadline_ms - os::MonotonicMillis();
    if (left_ms <= 0 || (cancelled != nullptr && *cancelled)) return false;
    pollfd waits{process, POLLIN, 0};
    const std::int64_t wait_ms = cancelled == nullptr ? left_ms : std::min(left_ms, kLookForCancelMs);
    const int ready = poll(&waits, 1, static_cast<int>(wait_ms));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

base::Result<pid_t> Spawn(const std::string& program, std::span<const std::string> arguments,
                          std::span<const int> files) {
  ASSIGN_OR_RETURN(const std::vector<os::FileDescriptor> copies, CopiesAbove(files));
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
  // What a process that was taken over writes is for nobody.
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
  int next = kSocketFd;
  for (const os::FileDescriptor& copy : copies)
    posix_spawn_file_actions_adddup2(&actions, copy.get(), next++);
  // Not every library opens its files so that they close here.
  posix_spawn_file_actions_addclosefrom_np(&actions, next);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = {"LC_ALL=C"};
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), &actions, &attributes, PointersTo(words).data(),
                                PointersTo(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error == ENOENT || error == EACCES || error == ENOEXEC)
    return Error{Code::kNotFound, static_cast<std::uint64_t>(error), "worker: its program"};
  if (error != 0) return Error{Code::kIo, static_cast<std::uint64_t>(error), "worker: process"};
  return pid;
}

base::Result<RunResult> RunOnce(const std::string& program, std::span<const std::string> arguments,
                                std::span<const int> files, const RunLimits& limits) {
  const std::int64_t deadline = os::MonotonicMillis() + limits.timeout_ms;
  ASSIGN_OR_RETURN(const pid_t pid, Spawn(program, arguments, files));
  const os::FileDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  const rlimit limit{limits.cpu_seconds, limits.cpu_seconds};
  const bool is_limited = prlimit(pid, RLIMIT_CPU, &limit, nullptr) == 0;
  const bool has_ended =
      is_limited && process.valid() && WaitUntil(deadline, process.get(), limits.cancelled);
  if (!has_ended) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!has_ended) return RunResult{RunResult::End::kTooSlow, 0};
  if (WIFSIGNALED(status)) return RunResult{RunResult::End::kKilled, WTERMSIG(status)};
  return RunResult{RunResult::End::kExited, WEXITSTATUS(status)};
}

}  // namespace cairn::worker
