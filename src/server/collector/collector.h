// The collector: takes crash reports at POST /submit, stores them durably, answers, and queues them.
//
// The answers are Antenna's, to the letter: clients parse them. Nothing is acknowledged that is not on disk.
// POST /minidump and /api/PROJECT/minidump/, where clients of Sentry send, differ in that a dump alone is
// enough. Which rules took effect when is told as well: rule_routes.h.
#pragma once

#include <functional>
#include <vector>

#include "server/collector/collector_metrics.h"
#include "server/collector/report_sink.h"
#include "server/collector/rule_source.h"
#include "server/http/router.h"
#include "server/store/blob_store.h"
#include "server/store/queue.h"

namespace cairn::collector {

struct CollectorParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  RuleSource& rules;
  std::function<void()> arrived;  // Called when there is something to process. May be empty.
  // Where chance comes from; tests bring their own.
  std::function<double(std::string_view seed, std::string_view rule)> draw = DrawFor;
  CollectorMetrics* metrics = nullptr;  // Null: nobody wants to know.
};

// The routes of the role. The parts must outlive them.
std::vector<http::Route> MakeRoutes(const CollectorParts& parts);

}  // namespace cairn::collector
