// The processor: takes crashes from the queue, has them read by workers, and stores what came out.
//
// raw crash or ping -> worker -> rules (transforms.h) -> document in the BlobStore -> row in the index ->
// acknowledged. Pings come in packs and get no document: one is made of a single ping when somebody asks for
// it. Each step may be done twice without harm. A crash that cannot be read is still a crash: it is
// stored with the reason in its notes. Dumps lose their private parts before anybody can fetch them.
//
// Work comes in lanes (intake/queue_kinds.h): a thread takes the most urgent that there is. Once in a while
// it begins at the other end, so that work that is never urgent gets done under load too.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/intake/ping_pack.h"
#include "server/missing_symbols/missing_symbols.h"
#include "server/processor/arrival.h"
#include "server/processor/index_batcher.h"
#include "server/processor/named_stacks.h"
#include "server/processor/processor_metrics.h"
#include "server/registry/registry.h"
#include "server/registry/value.h"
#include "server/search/crash_index.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"
#include "server/symbol_store/symbol_store.h"
#include "server/worker/outcome.h"
#include "server/worker/worker_process.h"

namespace cairn::processor {

inline constexpr int kMaxWorkerDeaths = 3;             // Attempts at a crash that kills its worker.
inline constexpr std::int64_t kLeaseMs = 10 * 60'000;  // Far above a worker's patience for one batch.
inline constexpr std::uint64_t kRoundsUntilReversed = 16;
inline constexpr int kIdleWaitMs = 500;  // Work that comes back after a back-off wakes nobody.

struct ProcessorParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  search::CrashIndex& index;
  symbol_store::SymbolStore& symbols;
  const registry::Registry& registry;
  // What a job asks with, in place of the store; any thread may ask at once. Empty: the store alone.
  std::function<worker::FindSymbols()> symbols_for_job = {};
  missing_symbols::MissingSymbols* missing = nullptr;  // Null: nobody counts modules without symbols.
};

struct ProcessorOptions {
  int threads = 2;
  worker::WorkerOptions worker;
  bool scrub_dumps = true;  // Whether dumps of other writers lose environment, command line and the like.
};

class Processor {
 public:
  // Starts working. The parts must outlive this object.
  Processor(const ProcessorParts& parts, ProcessorOptions options);
  // How many pings had a stack that was named already.
  NamedStacks::Counts stack_counts() const { return named_stacks_.counts(); }
  const WorkMetrics& work_metrics() const { return metrics_; }
  const IndexMetrics& index_metrics() const { return batcher_.metrics(); }

  // Finishes what is begun and stops. What is claimed and not begun comes back when the queue is opened
  // again.
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // Symbols came: what is remembered of this build's stacks is no longer so. From any thread.
  void ForgetBuild(const std::string& debug_id) { named_stacks_.ForgetBuild(debug_id); }

  // There is something in the queue. From any thread; cheap.
  void Wake();

 private:
  void Run();
  bool WorkOnce(worker::WorkerProcess& process, std::uint64_t round);

  void ProcessReport(worker::WorkerProcess& process, const store::ClaimedItem& claim);
  void ProcessPings(worker::WorkerProcess& process, const store::ClaimedItem& claim);
  void ProcessPack(worker::WorkerProcess& process, const store::ClaimedItem& claim,
                   const intake::PingPlace& place);
  void ProcessOnePing(worker::WorkerProcess& process, const store::ClaimedItem& claim,
                      const intake::PingPlace& place);

  // What a crash comes to on its way through the steps.
  struct Work {
    Arrival arrival;
    worker::CrashOutcome outcome;
    std::map<std::string, std::string> more_dumps;       // Name to the walk as JSON.
    std::map<std::string, registry::Value> more_fields;  // What the rules do not know.
    std::vector<std::string> notes;
    std::string set_aside_reason;
    std::int64_t started_ms = 0;
  };
  worker::FindSymbols SymbolFinder();
  // False: the item went back to the queue.
  bool WalkDump(worker::WorkerProcess& process, const store::ClaimedItem& claim, Work& work);
  void WalkMoreDumps(worker::WorkerProcess& process, Work& work);
  void ReadMemoryReport(Work& work);
  void ScrubDump(worker::WorkerProcess& process, const std::string& name, Work& work);
  // What to do with a worker's answer: the outcome, or nothing if the item went back to the queue.
  std::optional<worker::CrashOutcome> TakeOutcome(const base::Result<worker::JobResult>& job,
                                                  const store::ClaimedItem& claim, Work& work);
  void Save(const store::ClaimedItem& claim, Work work);

  ProcessorParts parts_;
  ProcessorOptions options_;
  IndexBatcher batcher_;
  NamedStacks named_stacks_;
  WorkMetrics metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t wakes_ = 0;  // GUARDED_BY(mutex_)
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;  // Last: they use all of the above.
};

}  // namespace cairn::processor
