// The processor: takes crashes from the queue, has them read by workers, and stores what came out.
//
// raw crash or ping -> worker -> document in the BlobStore -> row in the index -> acknowledged. Each step may
// be done twice without harm. A crash that cannot be read is still a crash: it is stored with the reason in
// its notes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "server/processor/index_batcher.h"
#include "server/search/crash_index.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"
#include "server/symbol_store/symbol_store.h"
#include "server/worker/outcome.h"
#include "server/worker/worker_process.h"

namespace cairn::processor {

inline constexpr int kMaxWorkerDeaths = 3;             // Attempts at a crash that kills its worker.
inline constexpr std::int64_t kLeaseMs = 10 * 60'000;  // Far above a worker's patience for one batch.
inline constexpr std::size_t kClaimMax = 4;            // Small, so that several threads share a burst.
inline constexpr int kIdleWaitMs = 500;                // Work that comes back after a back-off wakes nobody.

struct ProcessorParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  search::CrashIndex& index;
  symbol_store::SymbolStore& symbols;
};

struct ProcessorOptions {
  int threads = 2;
  worker::WorkerOptions worker;
};

class Processor {
 public:
  // Starts working. The parts must outlive this object.
  Processor(const ProcessorParts& parts, ProcessorOptions options);
  // Finishes what is begun and stops.
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // There is something in the queue. From any thread; cheap.
  void Wake();

 private:
  void Run();
  bool WorkOnce(worker::WorkerProcess& process);
  void ProcessReport(worker::WorkerProcess& process, const store::ClaimedItem& claim);
  void ProcessPing(worker::WorkerProcess& process, const store::ClaimedItem& claim);
  // What to do with a worker's answer: the outcome, or nothing if the item went back to the queue.
  std::optional<worker::CrashOutcome> TakeOutcome(const base::Result<worker::JobResult>& job,
                                                  const store::ClaimedItem& claim,
                                                  std::vector<std::string>& notes,
                                                  std::string& set_aside_reason);

  ProcessorParts parts_;
  ProcessorOptions options_;
  IndexBatcher batcher_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t wakes_ = 0;  // GUARDED_BY(mutex_)
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;  // Last: they use all of the above.
};

}  // namespace cairn::processor
