#include "server/retention/purge_routes.h"

#include <simdjson.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/http/noted.h"
#include "server/intake/stored_ping.h"
#include "server/store/permissions.h"

namespace cairn::retention {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kPrefix = "bp-";

struct Asked {
  PurgeOrder order;
  std::vector<std::string> malformed;
};

// Nothing if the body is not of the form.
std::optional<Asked> ReadBody(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array ids;
  if (base::ParseJson(parser, body).get(root) != simdjson::SUCCESS ||
      root["crash_ids"].get(ids) != simdjson::SUCCESS)
    return std::nullopt;
  Asked asked;
  bool with_counterparts = false;
  const simdjson::error_code read = root["with_counterparts"].get(with_counterparts);
  if (read != simdjson::SUCCESS && read != simdjson::NO_SUCH_FIELD) return std::nullopt;
  asked.order.with_counterparts = with_counterparts;
  for (const simdjson::dom::element element : ids) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return std::nullopt;
    std::string id = CleanCrashId(text);
    id.empty() ? asked.malformed.emplace_back(text) : asked.order.ids.emplace_back(std::move(id));
  }
  return asked;
}

Response AnswerTo(const base::Error& error) {
  using base::Code;
  switch (error.code) {
    case Code::kTimeout:
    case Code::kRefused: return http::ErrorResponse(503, std::string(error.what) + ": try again");
    case Code::kLimitExceeded:
      return http::ErrorResponse(400, "At most " + std::to_string(kMaxPurgedAtOnce) + " crashes at once");
    default: return http::ErrorResponse(500, "The stores could not do it: " + base::Describe(error));
  }
}

Response DoPurge(const PurgeParts& parts, std::mutex& one_at_a_time, const Request& request) {
  std::optional<Asked> asked = ReadBody(request.body);
  if (!asked) {
    return http::ErrorResponse(400,
                               R"(Send {"crash_ids":["..."]}, and "with_counterparts":true where wanted)");
  }
  asked->order.who = http::AuditNameOf(request.caller);
  const std::lock_guard lock(one_at_a_time);
  base::Result<std::vector<PurgedCrash>> purged = Purge(parts, asked->order);
  if (!purged) return AnswerTo(purged.error());
  for (const std::string& text : asked->malformed) purged->push_back({.id = text});
  return http::JsonResponse(200, PurgedJson(*purged));
}

}  // namespace

std::vector<http::Route> MakePurgeRoutes(const PurgeParts& parts) {
  // Shared by both routes, which may be copied.
  const auto one_at_a_time = std::make_shared<std::mutex>();
  std::vector<http::Route> routes;
  for (const char* const end : {"/", ""}) {
    routes.push_back({.method = "POST",
                      .pattern = std::string("/api/Purge") + end,
                      .permission = std::string(store::NameOf(store::Permission::kPurgeCrashes)),
                      .body = http::BodyPlace::kMemory,
                      .max_body_bytes = kMaxPurgeBytes,
                      .handler = [parts, one_at_a_time](Request& request) {
                        return DoPurge(parts, *one_at_a_time, request);
                      }});
  }
  return routes;
}

std::string PurgedJson(const std::vector<PurgedCrash>& crashes) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("purged");
  json.BeginArray();
  for (const PurgedCrash& crash : crashes) {
    if (!crash.was_known()) continue;
    json.BeginObject();
    json.TextField("crash_id", crash.id);
    if (crash.kind) json.TextField("kind", search::CrashKindName(*crash.kind));
    const std::pair<std::string_view, std::uint64_t> counts[] = {{"objects", crash.objects},
                                                                 {"rows", crash.rows},
                                                                 {"queue_items", crash.queue_items},
                                                                 {"edge_entries", crash.edge_entries}};
    for (const auto& [name, count] : counts) {
      json.NumberField(name, count);
    }
    json.EndObject();
  }
  json.EndArray();
  json.Key("unknown");
  json.BeginArray();
  for (const PurgedCrash& crash : crashes) {
    if (!crash.was_known()) json.String(crash.id);
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

std::string CleanCrashId(std::string_view text) {
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  return intake::CleanUuid(text);
}

}  // namespace cairn::retention
