#include "server/collector/rule_routes.h"

#include <optional>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "os/clock.h"
#include "server/collector/rule_source.h"
#include "server/store/permissions.h"

namespace cairn::collector {
namespace {

using http::Request;
using http::Response;

Response ListChanges(const store::BlobStore& blobs) {
  // One more tells that there are earlier ones.
  base::Result<std::vector<RuleChange>> changes = ListRuleChanges(blobs, kMaxListedRuleChanges + 1);
  if (!changes) return http::ErrorResponse(500, "The changes of the rules cannot be read");
  const bool has_earlier = changes->size() > kMaxListedRuleChanges;
  if (has_earlier) changes->erase(changes->begin());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("changes");
  json.BeginArray();
  for (const RuleChange& change : *changes) {
    json.BeginObject();
    json.TextField("date", os::FormatIso(change.time_ms));
    json.TextField("revision", change.revision);
    json.TextField("name", change.name);
    json.EndObject();
  }
  json.EndArray();
  json.Key("has_earlier");
  json.Bool(has_earlier);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

Response ShowRules(const store::BlobStore& blobs, const Request& request) {
  const std::optional<http::QueryFields> query = http::ParseQuery(request.query);
  if (!query || query->size() != 1 || query->front().first != "revision") {
    return http::ErrorResponse(400, "The one parameter is revision, as /api/RuleChanges/ lists them");
  }
  base::Result<std::string> rules = FindRules(blobs, query->front().second);
  if (rules) return http::TextResponse(200, *std::move(rules));
  return rules.error().code == base::Code::kNotFound
             ? http::ErrorResponse(404, "No rules of this revision took effect")
             : http::ErrorResponse(500, "The changes of the rules cannot be read");
}

}  // namespace

std::vector<http::Route> MakeRuleRoutes(const store::BlobStore& blobs) {
  std::vector<http::Route> routes;
  // With and without the slash at the end: people leave it away.
  for (const char* const end : {"/", ""}) {
    routes.push_back({.method = "GET",
                      .pattern = std::string("/api/RuleChanges") + end,
                      .permission = std::string(http::kAnybody),
                      .handler = [&blobs](Request&) { return ListChanges(blobs); }});
    routes.push_back({.method = "GET",
                      .pattern = std::string("/api/RuleSet") + end,
                      .permission = std::string(store::NameOf(store::Permission::kAdminister)),
                      .handler = [&blobs](Request& request) { return ShowRules(blobs, request); }});
  }
  return routes;
}

}  // namespace cairn::collector
