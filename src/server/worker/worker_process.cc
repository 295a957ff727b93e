#include "server/worker/worker_process.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "os/clock.h"
#include "server/worker/parts.h"
#include "server/worker/protocol.h"
#include "server/worker/sandbox.h"
#include "server/worker/spawn.h"

namespace cairn::worker {
namespace {

using base::Code;
using base::Error;

constexpr Error kDoesNotStart{Code::kNotFound, 0,
                              "worker: cairn-worker does not start; it must lie beside cairn-server"};

Error LastError(std::string_view what) { return {Code::kIo, static_cast<std::uint64_t>(errno), what}; }

// What a worker says is not trusted: printable, short.
std::string CleanSentence(std::string_view text) {
  std::string clean(text.substr(0, 200));
  std::replace_if(clean.begin(), clean.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

// Waits for the end of a worker that hung up, and says how it came. One that hung up without dying is helped.
std::string DeathOf(pid_t pid) {
  int status = 0;
  constexpr int kWaitsMax = 100;
  for (int i = 0; waitpid(pid, &status, WNOHANG) == 0; ++i) {
    if (i == kWaitsMax) kill(pid, SIGKILL);
    usleep(10'000);
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) return "the worker used up its CPU time";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) return "the worker gave up, probably out of memory";
  if (WIFSIGNALED(status)) return "the worker died of signal " + std::to_string(WTERMSIG(status));
  return "the worker ended with code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

WorkerProcess::~WorkerProcess() { Stop(); }

base::Status WorkerProcess::Start() {
  if (pid_ > 0) return {};
  const base::Status started = StartUncounted();
  if (options_.metrics != nullptr) {
    (started ? options_.metrics->starts : options_.metrics->failed_starts).Add();
    options_.metrics->cannot_start = !started;
  }
  return started;
}

base::Status WorkerProcess::StartUncounted() {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return LastError("worker: socket");
  os::FileDescriptor ours(pair[0]);
  os::FileDescriptor theirs(pair[1]);
  const base::Result<pid_t> spawned = Spawn(options_.program, {}, std::array{theirs.get()});
  if (!spawned) return spawned.error().code == Code::kNotFound ? kDoesNotStart : spawned.error();
  pid_ = *spawned;
  socket_ = std::move(ours);
  jobs_ = 0;
  theirs.Reset();  // Else the end of a worker that cannot start would never be seen.
  const base::Result<Message> ready = Receive(socket_.get(), kStartTimeoutMs);
  if (ready && ready->verb == Verb::kReady) return {};
  Stop();
  return kDoesNotStart;
}

void WorkerProcess::Stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  socket_.Reset();
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

// The limit counts from the start of the process, and it has done other jobs.
base::Status WorkerProcess::AllowCpuTime() const {
  clockid_t clock = 0;
  timespec used{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0)
    return LastError("worker: CPU time");
  rlimit limit{};
  limit.rlim_cur = static_cast<rlim_t>(used.tv_sec + 1 + kMaxWorkerCpuSeconds);
  limit.rlim_max = RLIM_INFINITY;
  if (prlimit(pid_, RLIMIT_CPU, &limit, nullptr) != 0) return LastError("worker: CPU limit");
  return {};
}

base::Result<JobResult> WorkerProcess::ProcessReport(int dump_fd, std::string_view annotations,
                                                     const FindSymbols& find) {
  return Run(Verb::kProcessReport, dump_fd, annotations, find);
}

base::Result<JobResult> WorkerProcess::ProcessPing(std::string_view json, const FindSymbols& find) {
  return RunOnText(Verb::kProcessPing, json, find);
}

base::Result<JobResult> WorkerProcess::NameStacks(std::span<const std::string> pings,
                                                  const FindSymbols& find) {
  return RunOnText(Verb::kNameStacks, JoinParts(pings), find);
}

base::Result<JobResult> WorkerProcess::RunOnText(Verb verb, std::string_view input, const FindSymbols& find) {
  ASSIGN_OR_RETURN(const os::FileDescriptor file, os::CreateInMemory());
  RETURN_IF_ERROR(os::WriteAll(file.get(), base::AsBytes(input)));
  return Run(verb, file.get(), "", find);
}

base::Result<JobResult> WorkerProcess::CompileSymbols(int symbols_fd) {
  base::Result<JobResult> result = Run(Verb::kCompileSymbols, symbols_fd, "", nullptr);
  // The server maps a cache. No process may live that could change it behind the checks, or cut it short.
  Stop();
  return result;
}

base::Result<JobResult> WorkerProcess::InspectObject(int file_fd) {
  return Run(Verb::kInspectObject, file_fd, "", nullptr);
}

base::Result<JobResult> WorkerProcess::ScrubDump(int dump_fd) {
  return Run(Verb::kScrubDump, dump_fd, "", nullptr);
}

base::Result<JobResult> WorkerProcess::Run(Verb verb, int input_fd, std::string_view text,
                                           const FindSymbols& find) {
  if (jobs_ >= kMaxJobsPerWorker) Stop();
  RETURN_IF_ERROR(Start());
  const bool is_large = verb == Verb::kCompileSymbols;
  ASSIGN_OR_RETURN(os::FileDescriptor output,
                   is_large ? os::CreateNameless(options_.spool_folder) : os::CreateInMemory());
  if (!AllowCpuTime() || !Send(socket_.get(), verb, text, {input_fd, output.get()})) {
    // It died while it was idle. Once more, with a new one.
    Stop();
    RETURN_IF_ERROR(Start());
    RETURN_IF_ERROR(AllowCpuTime());
    RETURN_IF_ERROR(Send(socket_.get(), verb, text, {input_fd, output.get()}));
  }
  ++jobs_;
  if (options_.metrics != nullptr) options_.metrics->jobs.Add();
  ASSIGN_OR_RETURN(JobResult result, Converse(find));
  if (result.failure) return result;
  RETURN_IF_ERROR(os::Rewind(output.get()));
  result.output = std::move(output);
  return result;
}

base::Result<JobResult> WorkerProcess::Converse(const FindSymbols& find) {
  const std::int64_t deadline = os::MonotonicMillis() + options_.job_timeout_ms;
  for (int questions = 0; questions <= kMaxSymbolQuestions;) {
    const auto left = static_cast<int>(std::max<std::int64_t>(0, deadline - os::MonotonicMillis()));
    const base::Result<Message> message = Receive(socket_.get(), left);
    if (!message && message.error().code == Code::kTimeout) {
      return Died({model::Stage::kProcess, Code::kTimeout, 0, "the worker took too long and was ended"});
    }
    if (!message) return Died({model::Stage::kProcess, Code::kLimitExceeded, 0, ""});
    if (message->verb == Verb::kDone) return JobResult{};
    // What only the machine can be blamed for: a full disk under the output.
    if (message->verb == Verb::kFailed && message->code == Code::kIo) {
      return Error{Code::kIo, message->offset, "worker: its files"};
    }
    if (message->verb == Verb::kFailed) {
      JobResult result;
      result.failure = {model::Stage::kProcess, message->code, message->offset, CleanSentence(message->text)};
      return result;
    }
    if (message->verb != Verb::kNeedSymbols) break;
    ++questions;
    std::optional<os::FileDescriptor> symbols;
    if (find) symbols = find(ReadModuleNames(message->text));
    const std::vector<int> files = symbols ? std::vector<int>{symbols->get()} : std::vector<int>{};
    if (!Send(socket_.get(), Verb::kSymbols, "", files)) {
      return Died({model::Stage::kProcess, Code::kLimitExceeded, 0, ""});
    }
  }
  return Died({model::Stage::kProcess, Code::kBadValue, 0, "the worker broke its protocol and was ended"});
}

// Ends what is left of the process. An empty `reason.what` is filled in from how it ended.
JobResult WorkerProcess::Died(model::Diagnostic reason) {
  if (options_.metrics != nullptr) options_.metrics->deaths.Add();
  if (reason.what.empty()) {
    socket_.Reset();
    reason.what = DeathOf(pid_);
    pid_ = -1;
  } else {
    Stop();
  }
  JobResult result;
  result.failure = std::move(reason);
  result.may_pass = true;
  return result;
}

}  // namespace cairn::worker
