#include "handler/tracer.h"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "handler/thread_context.h"
#include "os/clock.h"
#include "os/file.h"

namespace cairn::handler {
namespace {

// Threads that are not stopped yet may start others; each listing finds fewer.
constexpr int kMaxListings = 8;
constexpr long kPollIntervalNs = 200'000;

std::vector<int> ListThreads(int process_id) {
  std::vector<int> threads;
  const auto names = os::ListDirectory("/proc/" + std::to_string(process_id) + "/task");
  if (!names) return threads;
  for (const std::string& name : *names) {
    int id = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec == std::errc()) threads.push_back(id);
  }
  return threads;
}

// PTRACE_SEIZE sends no SIGSTOP that could outlive the tracing. 0 or an errno.
int Seize(int thread) {
  if (ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) return errno;
  return ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0 ? 0 : errno;
}

// Waits until the threads of `running` have stopped; those that do move to `stopped`.
void AwaitStops(std::set<int>& running, std::set<int>& stopped, std::int64_t end_ms) {
  while (!running.empty() && os::MonotonicMillis() < end_ms) {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL | WNOHANG);
    if (thread > 0 && running.erase(thread) != 0) {
      if (WIFSTOPPED(status)) stopped.insert(thread);
      continue;
    }
    if (thread < 0 && errno == ECHILD) return;
    const timespec interval{0, kPollIntervalNs};
    nanosleep(&interval, nullptr);
  }
}

std::optional<StoppedThread> ReadRegisters(int thread) {
  user_regs_struct general{};
  user_fpregs_struct floating_point{};
  if (ptrace(PTRACE_GETREGS, thread, nullptr, &general) != 0) return std::nullopt;
  if (ptrace(PTRACE_GETFPREGS, thread, nullptr, &floating_point) != 0) floating_point = {};
  return StoppedThread{static_cast<std::uint32_t>(thread), ContextOfTrace(general, floating_point)};
}

}  // namespace

base::Result<std::vector<StoppedThread>> StopThreads(int process_id, int crashing_thread) {
  const std::int64_t end_ms = os::MonotonicMillis() + kStopTimeoutMs;
  if (const int error = Seize(crashing_thread); error != 0) {
    return base::Error{base::Code::kRefused, static_cast<std::uint64_t>(error),
                       "tracing the crashed process"};
  }
  std::set<int> known{crashing_thread};
  std::set<int> running{crashing_thread};
  std::set<int> stopped;
  for (int i = 0; i < kMaxListings; ++i) {
    for (const int thread : ListThreads(process_id)) {
      // The main thread may have ended before the others: it cannot be traced, and that is no refusal.
      if (known.size() < kMaxThreads && known.insert(thread).second && Seize(thread) == 0)
        running.insert(thread);
    }
    if (running.empty()) break;
    AwaitStops(running, stopped, end_ms);
  }
  std::vector<StoppedThread> threads;
  for (const int thread : stopped) {
    if (std::optional<StoppedThread> read = ReadRegisters(thread)) threads.push_back(*read);
  }
  return threads;
}

}  // namespace cairn::handler
