#include "server/healing/healing_routes.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/symbol_store/symbol_keys.h"

namespace cairn::healing {
namespace {

using http::Request;
using http::Response;

constexpr std::size_t kMaxOrderBytes = 4 << 10;
constexpr std::string_view kPermission = "upload_symbols";

Response Show(const Healing& healing) {
  const base::Result<std::uint64_t> waiting = healing.CountWaiting();
  if (!waiting)
    return http::ErrorResponse(500, "The queue could not answer: " + base::Describe(waiting.error()));
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("waiting", *waiting);
  json.NumberField("followed", healing.metrics().followed.value());
  json.NumberField("failed", healing.metrics().failed.value());
  json.NumberField("addresses_named", healing.metrics().addresses.value());
  json.NumberField("signatures_changed", healing.metrics().signatures.value());
  json.Key("now");
  if (const std::optional<HealingWork> work = healing.work()) {
    json.BeginObject();
    json.TextField("debug_file", work->debug_file);
    json.TextField("debug_id", work->debug_id);
    json.Key("is_again");
    json.Bool(work->is_again);
    json.Key("progress");
    json.Raw(signing::WriteHealProgress(work->progress));
    json.EndObject();
  } else {
    json.Null();
  }
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

Response Take(Healing& healing, const Request& request) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view file;
  std::string_view id;
  if (base::ParseJson(parser, request.body).get(root) != simdjson::SUCCESS ||
      root["debug_file"].get(file) != simdjson::SUCCESS || root["debug_id"].get(id) != simdjson::SUCCESS) {
    return http::ErrorResponse(400, "Give a JSON object with the texts debug_file and debug_id");
  }
  const auto name = symbol_store::MakeSymbolName(file, id, file);
  if (!name) return http::ErrorResponse(400, "debug_file or debug_id cannot be that of a symbol file");
  if (const base::Status ordered = healing.Order(name->debug_file, name->debug_id); !ordered)
    return http::ErrorResponse(500, "The order could not be stored: " + base::Describe(ordered.error()));
  return http::JsonResponse(202, "{}");
}

}  // namespace

std::vector<http::Route> MakeRoutes(Healing& healing) {
  std::vector<http::Route> routes;
  for (const char* const path : {"/api/Healing/", "/api/Healing"}) {
    routes.push_back({"GET", path, std::string(kPermission), http::BodyPlace::kNone, 0,
                      [&healing](Request&) { return Show(healing); }});
    routes.push_back({"POST", path, std::string(kPermission), http::BodyPlace::kMemory, kMaxOrderBytes,
                      [&healing](Request& request) { return Take(healing, request); }});
  }
  return routes;
}

}  // namespace cairn::healing
