// ReportKeeper stores reports, each once: a report that is sent again gets the id that it has.
//
// Two submissions are one report if the dump and the CrashEventID are the same; without such an id, if the
// dump and all annotations are. The crash id is made of that, so the second is found by its id, on the same
// day or the next, by whichever process takes it and after a kill as well. Safe for many threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/collector/raw_crash.h"
#include "server/collector/submission.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::collector {

class ReportKeeper {
 public:
  // `arrived` is called when there is something to process. May be empty.
  ReportKeeper(store::BlobStore& blobs, store::Queue& queue, std::function<void()> arrived)
      : blobs_(blobs), queue_(queue), arrived_(std::move(arrived)) {}

  // Stores the dumps, then the raw crash, then queues it. The crash id, once all of that is durable; on
  // failure nothing is left. An id in `intake` is kept, else it is made.
  base::Result<std::string> Keep(Submission& submission, Intake intake);

 private:
  // Only one thread at a time stores a report of one id.
  class Turn;

  base::Result<bool> IsKept(const std::string& id);
  base::Status Store(Submission& submission, const Intake& intake);
  base::Status QueueUp(const std::string& id, Verdict verdict);

  store::BlobStore& blobs_;
  store::Queue& queue_;
  std::function<void()> arrived_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> in_work_;  // GUARDED_BY(mutex_): beginnings of crash ids.
};

}  // namespace cairn::collector
