#include "server/collector/collector.h"

#include <memory>
#include <string>
#include <utility>

#include "server/collector/report_keeper.h"
#include "server/collector/rule_routes.h"
#include "server/http/limits.h"

namespace cairn::collector {

std::vector<http::Route> MakeRoutes(const CollectorParts& parts) {
  // Shared by the routes, which are copied.
  const auto keeper = std::make_shared<ReportKeeper>(parts.blobs, parts.queue, parts.arrived);
  const auto unread = std::make_shared<CollectorMetrics>();
  std::vector<http::Route> routes;
  const auto add = [&](const char* path, bool dump_alone) {
    const auto open = [parts, keeper, unread, dump_alone](const http::Request& request) {
      return std::make_unique<ReportSink>(
          SinkParts{parts.blobs, parts.rules, *keeper, parts.draw,
                    parts.metrics != nullptr ? *parts.metrics : *unread, dump_alone},
          request);
    };
    routes.push_back({"POST", path, std::string(http::kAnybody), http::BodyPlace::kStream,
                      http::kMaxReportBytes, nullptr, open});
  };
  add("/submit", false);
  add("/minidump", true);
  add("/api/{project}/minidump", true);
  add("/api/{project}/minidump/", true);
  for (http::Route& route : MakeRuleRoutes(parts.blobs)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace cairn::collector
