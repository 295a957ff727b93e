// The names under which the server shows what it counts: everything that GET /metrics says.
//
// What tells metrics apart is fixed when the server starts: patterns of routes, lanes, outcomes. No label and
// no value holds anything that a user sent.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apps/event_log.h"
#include "server/collector/collector_metrics.h"
#include "server/healing/healing.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/metrics/registry.h"
#include "server/pings/fold_in_metrics.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/processor/processor.h"
#include "server/store/queue.h"
#include "server/symbol_lookup/upstreams.h"
#include "server/symbol_store/symbol_store.h"
#include "server/symbolication/symbolicator.h"
#include "server/worker/worker_metrics.h"

namespace cairn::apps {

// Requests by the pattern of the route that took them. Any thread may count, without a lock.
class RequestMetrics {
 public:
  explicit RequestMetrics(const std::vector<http::Route>& routes);
  void Count(const http::AccessRecord& record);
  void AddTo(metrics::Registry& registry) const;

 private:
  struct OfRoute {
    std::array<metrics::Counter, 5> by_status;  // "1xx" to "5xx".
    metrics::Counter request_bytes;
    metrics::Counter response_bytes;
    metrics::DurationHistogram seconds{metrics::kRequestBounds_s};
  };
  // So that a request is looked up by its pattern without a copy of it.
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  // Not changed after the start. "site" and "none" are there as well.
  std::unordered_map<std::string, OfRoute, TextHash, std::equal_to<>> routes_;
  std::vector<std::string> patterns_;  // In the table's order.
};

// What the roles count while they work.
struct RoleMetrics {
  collector::CollectorMetrics collector;
  pings::FoldInMetrics fold_in;
  worker::WorkerMetrics workers;
};

// What is asked when somebody reads the metrics. All borrowed; it must outlive the registry.
struct MetricSources {
  const RoleMetrics& roles;
  const processor::Processor& processor;
  const symbol_store::SymbolStore& symbols;
  const healing::Healing& healing;
  const symbolication::Symbolicator& symbolicator;
  const symbol_lookup::Upstreams* upstreams;  // May be null.
  const store::Queue& queue;
  const pings::Ledger& ledger;
  const pings::Spool& spool;
  const EventLog& log;
  std::string data;  // The folder.
};

// Gives everything its name, but for what an http::Server or its routes know.
void AddServerMetrics(const MetricSources& sources, metrics::Registry& registry);

// GET /metrics.
http::Handler MetricsHandler(const metrics::Registry& registry);

}  // namespace cairn::apps
