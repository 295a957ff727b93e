// Health asks the stores whether they work, as load balancers and people want to know: by writing and
// reading, not by looking whether they are there.
//
// The answer of one round is kept for a moment, so that whoever asks often costs nothing, and it stands while
// the next round is under way, so that nobody waits for a store that hangs. Any thread may ask.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/pings/fold_in_metrics.h"
#include "server/pings/ledger.h"
#include "server/processor/processor_metrics.h"
#include "server/search/crash_index.h"
#include "server/store/blob_store.h"
#include "server/store/directory.h"
#include "server/store/queue.h"
#include "server/worker/worker_metrics.h"

namespace cairn::apps {

inline constexpr std::int64_t kHealthKeptMs = 3'000;
inline constexpr std::int64_t kHealthWaitMs = 10'000;  // A round that takes longer is trouble by itself.

struct HealthError {
  std::string name;     // Of a store or a part, one word.
  std::string message;  // A sentence without anything that a user sent.
};

// What is asked. All borrowed.
struct HealthParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  const search::CrashIndex& index;
  const store::Directory& directory;
  pings::Ledger& ledger;
  std::string data;  // The folder; the pings' spool lies in it.
  std::uint64_t disk_free_min_bytes = 0;
  const pings::FoldInMetrics& fold_in;
  const processor::IndexMetrics& index_writes;
  const worker::WorkerMetrics& workers;
};

// One round: an object is written, read back and removed, an item goes through the queue, and so on.
std::vector<HealthError> CheckStores(const HealthParts& parts);

class Health {
 public:
  using Check = std::function<std::vector<HealthError>()>;
  explicit Health(Check check, std::int64_t kept_ms = kHealthKeptMs, std::int64_t wait_ms = kHealthWaitMs)
      : check_(std::move(check)), kept_ms_(kept_ms), wait_ms_(wait_ms) {}

  // Empty: all is well.
  std::vector<HealthError> Ask();

 private:
  std::optional<std::vector<HealthError>> Known(bool may_ask) const;
  static std::vector<HealthError> NoAnswer();

  const Check check_;
  const std::int64_t kept_ms_;
  const std::int64_t wait_ms_;
  std::timed_mutex round_;  // Held by whoever asks the stores.
  mutable std::mutex mutex_;
  std::vector<HealthError> errors_;       // GUARDED_BY(mutex_)
  std::optional<std::int64_t> asked_ms_;  // GUARDED_BY(mutex_): the end of the last round.
};

// {"errors":[{"name":"queue","msg":"..."}]}, as Antenna's.
std::string HealthAsJson(const std::vector<HealthError>& errors);

}  // namespace cairn::apps
