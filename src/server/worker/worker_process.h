// WorkerProcess runs jobs in a cairn-worker process: starts it, feeds it, watches its time, and replaces it
// when it dies. One thread may use one at a time.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/diagnostics.h"
#include "model/module.h"
#include "os/file.h"
#include "server/worker/protocol.h"
#include "server/worker/worker_metrics.h"

namespace cairn::worker {

// A worker is replaced after so many jobs: what a hostile input may have done to it must not last. To start
// one costs as much as a job.
inline constexpr int kMaxJobsPerWorker = 256;
// A job that waits is as bad as one that computes: CPU time is limited by kMaxWorkerCpuSeconds.
inline constexpr int kJobTimeoutMs = 90'000;
inline constexpr int kStartTimeoutMs = 10'000;
inline constexpr int kMaxSymbolQuestions = 8192;  // Per job: twice the modules that a dump may have.

struct WorkerOptions {
  std::string program;       // Path of cairn-worker.
  std::string spool_folder;  // Where symbol caches are written, in nameless files; all else is in memory.
  int job_timeout_ms = kJobTimeoutMs;
  WorkerMetrics* metrics = nullptr;  // Borrowed; null: nobody wants to know.
};

// A compiled symbol cache for the module, of which its files' names and ids are filled in, or nothing. They
// are as the dump gives them: not to be trusted. The worker keeps the cache for its next jobs.
using FindSymbols = std::function<std::optional<os::FileDescriptor>(const model::Module& module)>;

// What a job came to. Either the output, or why the input has none: that is about the input, and trying again
// with the same input would end the same way unless `may_pass` says otherwise.
struct JobResult {
  os::FileDescriptor output;
  std::optional<model::Diagnostic> failure;
  bool may_pass = false;  // The worker died or was too slow: perhaps not the input's fault.
};

class WorkerProcess {
 public:
  explicit WorkerProcess(WorkerOptions options) : options_(std::move(options)) {}
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // An Error means that this machine has a problem (no process, no file), not the input. Inputs are borrowed.
  // `annotations` is what WriteAnnotations() makes of those that the signature rules read.
  base::Result<JobResult> ProcessReport(int dump_fd, std::string_view annotations, const FindSymbols& find);
  base::Result<JobResult> ProcessPing(std::string_view json, const FindSymbols& find);
  // Of at most kMaxPingsPerJob pings; see Verb::kNameStacks.
  base::Result<JobResult> NameStacks(std::span<const std::string> pings, const FindSymbols& find);
  base::Result<JobResult> CompileSymbols(int symbols_fd);
  // The output is what WriteObjectFacts() makes.
  base::Result<JobResult> InspectObject(int file_fd);
  // The output is empty if the dump has no private parts.
  base::Result<JobResult> ScrubDump(int dump_fd);

  // Starts the process if it is not there, so that the next job need not wait for it.
  base::Status Start();
  // Ends the process, if there is one, and with it the symbol caches that it keeps. The next job starts
  // another.
  void Stop();

 private:
  base::Status StartUncounted();
  base::Result<JobResult> Run(Verb verb, int input_fd, std::string_view text, const FindSymbols& find);
  base::Result<JobResult> RunOnText(Verb verb, std::string_view input, const FindSymbols& find);
  base::Result<JobResult> Converse(const FindSymbols& find);
  JobResult Died(model::Diagnostic reason);
  base::Status AllowCpuTime() const;

  WorkerOptions options_;
  pid_t pid_ = -1;
  os::FileDescriptor socket_;
  int jobs_ = 0;
};

}  // namespace cairn::worker
