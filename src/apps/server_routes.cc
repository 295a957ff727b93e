#include "apps/server_routes.h"

#include <utility>

#include "apps/build_info.h"
#include "server/api/api.h"
#include "server/collector/collector.h"
#include "server/retention/purge_routes.h"
#include "server/signing/signing_routes.h"

namespace cairn::apps {
namespace {

const std::string kAnybody(http::kAnybody);

http::Handler Says(std::string json) {
  return [json = std::move(json)](const http::Request&) { return http::JsonResponse(200, json); };
}

// Whether load balancers should send requests here: the stores work.
http::Handler Heartbeat(Health& health) {
  return [&health](http::Request&) {
    const std::vector<HealthError> errors = health.Ask();
    return http::JsonResponse(errors.empty() ? 200 : 503, HealthAsJson(errors));
  };
}

void Append(std::vector<http::Route>& routes, std::vector<http::Route> more) {
  for (http::Route& route : more) routes.push_back(std::move(route));
}

}  // namespace

std::vector<http::Route> MakeRouteTable(const RouteParts& parts) {
  std::vector<http::Route> routes = collector::MakeRoutes({.blobs = parts.blobs,
                                                           .queue = parts.queue,
                                                           .rules = parts.rules,
                                                           .arrived = parts.arrived,
                                                           .metrics = parts.collector_metrics});
  Append(routes, pings::MakeRoutes(parts.edge));
  Append(routes, api::MakeRoutes({.index = parts.index,
                                  .blobs = parts.blobs,
                                  .queue = parts.queue,
                                  .registry = parts.registry,
                                  .arrived = parts.arrived,
                                  .audit = parts.audit,
                                  .rules = [&signing = parts.signing] { return signing.rules(); }}));
  Append(routes, retention::MakePurgeRoutes(parts.purge));
  Append(routes, signing::MakeSigningRoutes({parts.signing, parts.index, parts.audit}));
  Append(routes, symbols::MakeRoutes(parts.symbols));
  const auto add = [&routes](const std::string& path, const std::string& permission, http::Handler handler) {
    routes.push_back({.method = "GET",
                      .pattern = path,
                      .permission = permission,
                      .handler = std::move(handler),
                      .is_quick = true});
  };
  add("/__heartbeat__", kAnybody, Heartbeat(parts.health));
  add("/__lbheartbeat__", kAnybody, Says("{}"));
  add("/__version__", kAnybody, Says(BuildInfoAsJson()));
  add("/metrics", parts.metrics_public ? kAnybody : std::string("view_metrics"), parts.metrics);
  return routes;
}

}  // namespace cairn::apps
