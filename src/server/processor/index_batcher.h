// IndexBatcher puts processed crashes into the index in small batches and acknowledges them in the queue.
//
// A commit of the index costs the same for one crash and for a hundred, so what comes within a moment is
// committed together; the moment is short, because a crash must be searchable within seconds. Nothing is
// acknowledged before its row is durable: what is lost on the way comes back from the queue.
#pragma once

#include <condition_variable>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "server/processor/processor_metrics.h"
#include "server/search/crash_index.h"
#include "server/store/queue.h"

namespace cairn::processor {

inline constexpr int kBatchWaitMs = 150;
inline constexpr std::size_t kBatchRowsMax = 4000;  // With the last item's rows it may be more.
// Of threads that did not crash: some 100 MB. A report of Firefox has 5,000.
inline constexpr std::size_t kBatchFramesMax = 500'000;

// A processed item of the queue that waits for its commit: a crash, or a pack of them.
struct Finished {
  std::vector<search::CrashRow> rows;
  store::ClaimedItem claim;
  std::string set_aside_reason = {};  // Not empty: it is not acknowledged but set aside, with this reason.
  bool replaces = false;  // The rows take the place of those that are there: it was processed again.
};

class IndexBatcher {
 public:
  // Both must outlive this object.
  IndexBatcher(search::CrashIndex& index, store::Queue& queue);
  // Commits what it still has.
  ~IndexBatcher();
  IndexBatcher(const IndexBatcher&) = delete;
  IndexBatcher& operator=(const IndexBatcher&) = delete;

  // At most search::kMaxRowsPerBatch rows. Waits while there are too many before them.
  void Add(Finished finished);

  const IndexMetrics& metrics() const { return metrics_; }

 private:
  // What waits, or is being committed: rows that are added, or that replace those that are there.
  struct Batch {
    struct Item {
      store::ClaimedItem claim;
      std::string set_aside_reason;
      std::size_t rows = 0;  // Of it; they follow those of the item before.
    };
    std::vector<search::CrashRow> rows;
    std::vector<Item> items;
    std::size_t frames = 0;  // Of other threads, in all rows.

    bool IsFull() const { return rows.size() >= kBatchRowsMax || frames >= kBatchFramesMax; }
  };

  void Run();
  void Commit(const Batch& batch, bool replaces);
  base::Status Write(std::span<const search::CrashRow> rows, bool replaces);
  void CountDone(const Batch::Item& item, std::span<const search::CrashRow> rows);

  search::CrashIndex& index_;
  store::Queue& queue_;
  IndexMetrics metrics_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch added_;            // GUARDED_BY(mutex_)
  Batch replaced_;         // GUARDED_BY(mutex_)
  bool stopping_ = false;  // GUARDED_BY(mutex_)
  std::thread thread_;     // Last: it uses all of the above.
};

}  // namespace cairn::processor
