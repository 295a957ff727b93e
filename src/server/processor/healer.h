// Healer looks from time to time for crashes whose save is incomplete, and has them processed again.
//
// A crash is acknowledged in the queue only after its document and its row are saved, so there should be
// none; but disks fail, files of the index are moved away, and whoever replaces a queue loses what was in it.
// What came since yesterday is compared with what is there: a raw crash without a document or without a row
// of the index, and a pack of which the index has no ping. Of a pack whose pings all came before, in another
// one, the index never has any; so each pack is queued once in a life of the server. That is enough: what is
// done with an item of the queue is done for good.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/result.h"
#include "os/clock.h"
#include "server/intake/recovery.h"
#include "server/search/crash_index.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::processor {

inline constexpr std::int64_t kHealEveryMs = 3'600'000;

struct HealerParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  const search::CrashIndex& index;
  std::function<void()> arrived;  // Called when there is something to process.
  std::function<std::int64_t()> clock = os::UnixMillis;
};

// For intake::RecoverAtStart and QueueUnprocessed. The index must outlive it.
intake::ProcessedPacks PacksIn(const search::CrashIndex& index);

// Packs that were queued by HealOnce before, as "<day>/<pack>".
using QueuedPacks = std::set<std::string>;

// Looks once, and says how many crashes were queued. Adds to `queued_packs` and drops those of days that are
// not looked at any more.
base::Result<std::size_t> HealOnce(const HealerParts& parts, QueuedPacks& queued_packs);

class Healer {
 public:
  // Looks for the first time after `every_ms`: at start the recovery has looked. The parts must outlive this.
  Healer(HealerParts parts, std::int64_t every_ms);
  ~Healer();
  Healer(const Healer&) = delete;
  Healer& operator=(const Healer&) = delete;

 private:
  void Run(std::int64_t every_ms);

  HealerParts parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;     // GUARDED_BY(mutex_)
  QueuedPacks queued_packs_;  // Of the thread alone.
  std::thread thread_;        // Last: it uses all of the above.
};

}  // namespace cairn::processor
