// Healing: symbol files that come after the crashes that wanted them name what is stored.
//
// Each file is an order in the queue, so that a kill forgets none. One thread takes them in turn: it gives
// the addresses of the file's build their names and has all signatures on whose stacks they are made again
// (signing/healing.h); no dump is read. Crashes that were being processed when the file came may have been
// told that it is not there. Therefore each order is followed twice: at once, and when the last of those is
// in the index. Any thread may call any method.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/metrics/metrics.h"
#include "server/search/crash_index.h"
#include "server/signing/healing.h"
#include "server/signing/signing.h"
#include "server/store/queue.h"
#include "server/store/queue_thread.h"
#include "server/symbol_lookup/symbol_lookup.h"

namespace cairn::healing {

// Of the queue. An id is "<debug file>/<debug id>".
inline constexpr std::string_view kHealKind = "symbols";

inline constexpr std::int64_t kLeaseMs = 10 * 60'000;
// Longer than a worker may take for a job, and than a batch waits for the index.
inline constexpr std::int64_t kAgainAfterMs = 2 * 60'000;
inline constexpr std::int64_t kIdleWaitMs = 1000;  // Orders whose time comes wake nobody.

// Borrowed; all must outlive the Healing.
struct HealingParts {
  store::Queue& queue;
  search::CrashIndex& index;
  signing::Signing& signing;  // Of that index.
  symbol_lookup::SymbolLookup& symbols;
  // Told before names are given: whoever remembers names of this build is to forget them.
  std::function<void(const std::string& debug_id)> forget = [](const std::string&) {};
  std::function<void(const base::Error&)> trouble = [](const base::Error&) {};
  std::int64_t again_after_ms = kAgainAfterMs;
};

struct HealingMetrics {
  metrics::Counter followed;    // Orders, each once.
  metrics::Counter failed;      // Tries that will be made again.
  metrics::Counter addresses;   // That got names.
  metrics::Counter signatures;  // Of inputs, that changed.
};

// What is done now.
struct HealingWork {
  std::string debug_file;
  std::string debug_id;
  bool is_again = false;  // For the second time.
  signing::HealProgress progress;
};

class Healing {
 public:
  explicit Healing(HealingParts parts);
  // Durable when it returns.
  base::Status Order(const std::string& debug_file, const std::string& debug_id);

  std::optional<HealingWork> work() const;
  // Orders that wait, for the first or for the second time.
  base::Result<std::uint64_t> CountWaiting() const;
  const HealingMetrics& metrics() const { return metrics_; }

  // Until no order waits for its first time. For tests, and commands that wait.
  void WaitUntilHealed() const;

 private:
  void FollowOrder(const store::ClaimedItem& claim, const std::atomic<bool>& stopping);
  base::Result<signing::HealProgress> Follow(const store::ClaimedItem& claim,
                                             const std::atomic<bool>& stopping);
  void Show(const signing::HealProgress& progress);

  const HealingParts parts_;
  HealingMetrics metrics_;
  mutable std::mutex mutex_;
  std::optional<HealingWork> work_;  // GUARDED_BY(mutex_)
  store::QueueThread
      thread_;  // Last: it uses all of the above. At its end it leaves an order to the next start.
};

}  // namespace cairn::healing
