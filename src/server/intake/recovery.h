// Puts right what a server that was killed left between storing a crash and queueing it.
//
// A crash is stored, then queued, then acknowledged. One that lies whole in the BlobStore but is neither
// processed nor queued is queued now; what is left of a report whose raw crash was never written (which comes
// last) was never acknowledged and is removed. After a clean stop there is nothing of the kind, so nothing is
// looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::intake {

enum class Requeue {
  kUnprocessed,  // What is not processed and not queued.
  kEverything,   // All that ever came: the index is new and is to be filled again.
};

// The packs of a day ("20261122") whose pings have been processed: those that the index knows.
using ProcessedPacks = std::function<base::Result<std::set<std::string>>(const std::string& day)>;

struct Recovered {
  std::size_t queued = 0;   // Reports and packs of pings that were not in the queue.
  std::size_t removed = 0;  // Reports that were never wholly stored.
};

// Call it before requests are taken: a report on its way looks like what is left of one.
// `processed_packs` is not asked where everything is queued.
base::Result<Recovered> RecoverAtStart(store::BlobStore& blobs, store::Queue& queue, Requeue requeue,
                                       const ProcessedPacks& processed_packs, std::int64_t now_ms);

struct Requeued {
  std::size_t queued = 0;          // Reports and packs of pings.
  std::vector<std::string> packs;  // Of these the packs, as the queue has them: "<day>/<pack>".
};

// Queues what came on or after `since_day` ("20261122") and is neither processed nor queued. At any time.
base::Result<Requeued> QueueUnprocessed(store::BlobStore& blobs, store::Queue& queue,
                                        const ProcessedPacks& processed_packs, const std::string& since_day);

// Call it when no request can come any more.
base::Status NoteCleanStop(store::BlobStore& blobs);

}  // namespace cairn::intake
