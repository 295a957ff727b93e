// The edge: takes crash pings at /submit/telemetry/..., stores them durably, answers, and queues them.
//
// The body is not opened here: any bytes get a 200 once they are safe, and a refused ping is kept with its
// reason by whoever processes it. Own trouble is always a 5xx, so that clients keep the ping and try again.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "server/http/router.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::pings {

inline constexpr std::size_t kMaxUriBytes = 1024;  // Of the path, as at Mozilla's edge.

struct EdgeParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  std::function<void()> arrived;  // Called when there is something to process. May be empty.
};

// The routes of the role. The parts must outlive them.
std::vector<http::Route> MakeRoutes(const EdgeParts& parts);

}  // namespace cairn::pings
