#include "apps/server_routes.h"

#include <utility>

#include "server/api/api.h"
#include "server/collector/collector.h"
#include "server/intake/queue_kinds.h"
#include "server/retention/purge_routes.h"
#include "server/symbols/symbol_routes.h"

namespace cairn::apps {
namespace {

const std::string kAnybody(http::kAnybody);

http::Handler Says(std::string json) {
  return [json = std::move(json)](const http::Request&) { return http::JsonResponse(200, json); };
}

// Whether load balancers should send requests here: the stores answer.
http::Handler Heartbeat(const store::Queue& queue, const search::CrashIndex& index) {
  return [&queue, &index](http::Request&) {
    std::string errors;
    if (!queue.Count(intake::kReportKind)) errors += R"({"name":"queue","msg":"the queue does not answer"})";
    if (!index.Get("00000000-0000-0000-0000-000000000000")) {
      errors +=
          std::string(errors.empty() ? "" : ",") + R"({"name":"index","msg":"the index does not answer"})";
    }
    return http::JsonResponse(errors.empty() ? 200 : 503, "{\"errors\":[" + errors + "]}");
  };
}

void Append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
  for (http::Route& route : more) routes.push_back(std::move(route));
}

}  // namespace

std::vector<http::Route> MakeRouteTable(const RouteParts& parts) {
  std::vector<http::Route> routes =
      collector::MakeRoutes({parts.blobs, parts.queue, parts.rules, parts.arrived});
  Append(routes, pings::MakeRoutes(parts.edge));
  Append(routes, api::MakeRoutes({.index = parts.index,
                                  .blobs = parts.blobs,
                                  .queue = parts.queue,
                                  .registry = parts.registry,
                                  .arrived = parts.arrived,
                                  .audit = parts.audit}));
  Append(routes, retention::MakePurgeRoutes(parts.purge));
  Append(routes, symbols::MakeRoutes(
                     parts.symbols,
                     {parts.spool_folder, parts.symbols_public ? kAnybody : std::string("upload_symbols")}));
  const auto add = [&routes](const std::string& path, http::Handler handler) {
    routes.push_back({"GET", path, kAnybody, http::BodyPlace::kNone, 0, std::move(handler)});
  };
  add("/__heartbeat__", Heartbeat(parts.queue, parts.index));
  add("/__lbheartbeat__", Says("{}"));
  add("/__version__", Says(R"({"version":"0.1.0"})"));
  return routes;
}

}  // namespace cairn::apps
