// The collector: takes crash reports at POST /submit, stores them durably, answers, and queues them.
//
// The answers are Antenna's, to the letter: clients parse them. Nothing is acknowledged that is not on disk.
#pragma once

#include <functional>
#include <vector>

#include "server/http/router.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::collector {

struct CollectorParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  std::function<void()> arrived;  // Called when there is something to process. May be empty.
};

// The routes of the role. The parts must outlive them.
std::vector<http::Route> MakeRoutes(const CollectorParts& parts);

}  // namespace cairn::collector
