// How long processing takes, and how the index takes what came out, counted and timed.
#pragma once

#include <atomic>

#include "server/metrics/metrics.h"

namespace cairn::processor {

struct IndexMetrics {
  metrics::Counter batches;  // Those that the index took, and their rows.
  metrics::Counter rows;
  metrics::Counter failed_batches;
  metrics::DurationHistogram commit_seconds{metrics::kWorkBounds_s};
  // From the server's receipt until a search finds it; not of crashes that are processed again.
  metrics::DurationHistogram report_delay_seconds{metrics::kDelayBounds_s};
  metrics::DurationHistogram ping_delay_seconds{metrics::kDelayBounds_s};
  std::atomic<bool> refuses = false;  // Whether the disk under it refused the last batch.
};

struct WorkMetrics {
  metrics::DurationHistogram report_seconds{metrics::kWorkBounds_s};
  metrics::DurationHistogram pack_seconds{metrics::kWorkBounds_s};  // Of pings, or one that was left over.
};

}  // namespace cairn::processor
