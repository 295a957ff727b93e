// IndexBatcher puts processed crashes into the index in small batches and acknowledges them in the queue.
//
// A commit of the index costs the same for one crash and for a hundred, so what comes within a moment is
// committed together; the moment is short, because a crash must be searchable within seconds. Nothing is
// acknowledged before its row is durable: what is lost on the way comes back from the queue.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/search/crash_index.h"
#include "server/store/queue.h"

namespace cairn::processor {

inline constexpr int kBatchWaitMs = 150;
inline constexpr std::size_t kBatchRowsMax = 500;

// A processed crash that waits for its commit.
struct Finished {
  search::CrashRow row;
  store::ClaimedItem claim;
  std::string set_aside_reason;  // Not empty: the item is not acknowledged but set aside, with this reason.
};

class IndexBatcher {
 public:
  // Both must outlive this object.
  IndexBatcher(search::CrashIndex& index, store::Queue& queue);
  // Commits what it still has.
  ~IndexBatcher();
  IndexBatcher(const IndexBatcher&) = delete;
  IndexBatcher& operator=(const IndexBatcher&) = delete;

  // Waits while there are too many before it.
  void Add(Finished finished);

 private:
  void Run();
  void Commit(std::vector<Finished> batch);

  search::CrashIndex& index_;
  store::Queue& queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Finished> waiting_;  // GUARDED_BY(mutex_)
  bool stopping_ = false;          // GUARDED_BY(mutex_)
  std::thread thread_;             // Last: it uses all of the above.
};

}  // namespace cairn::processor
