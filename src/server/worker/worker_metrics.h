// How worker processes fare, counted for all of them together.
#pragma once

#include <atomic>

#include "server/metrics/metrics.h"

namespace cairn::worker {

struct WorkerMetrics {
  metrics::Counter starts;
  metrics::Counter failed_starts;
  metrics::Counter jobs;
  metrics::Counter deaths;                 // Of what a job did to it, or because it took too long.
  std::atomic<bool> cannot_start = false;  // Whether the last start failed.
};

}  // namespace cairn::worker
