#include "server/api/raw_crash.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/api/search_request.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/intake/stored_report.h"
#include "server/store/blob_keys.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using base::Code;

// What the collector added, and of its metadata what says nothing of who sent it.
constexpr std::array<std::string_view, 3> kPublicKeys = {"submitted_timestamp", "uuid", "version"};
constexpr std::array<std::string_view, 6> kPublicMetadata = {
    "dump_checksums", "payload", "payload_size", "throttle_result", "throttle_rule", "throttle_weight"};

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool Has(const http::Request& request, store::Permission permission) {
  return request.caller.Has(store::NameOf(permission));
}

// The crash that a request names, or the refusal.
std::variant<std::string, http::Response> CrashIdOf(const http::QueryFields& parameters) {
  const std::string_view text = http::FindQueryField(parameters, "crash_id");
  if (text.empty()) return http::ErrorResponse(400, "The parameter crash_id is missing");
  std::optional<std::string> id = ParseCrashId(text);
  if (id) return *std::move(id);
  return http::ErrorResponse(400, "crash_id: not of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

http::Response NoSuchCrash(const std::string& id) {
  return http::ErrorResponse(404, "There is no report " + id + " as it was submitted");
}

// The product that a raw crash says.
std::string ProductOf(std::string_view json) {
  simdjson::dom::parser parser;
  std::string_view product;
  if (base::ParseJson(parser, json)["ProductName"].get(product) != simdjson::SUCCESS) return "";
  return std::string(product);
}

http::Response SendAnnotations(const ApiParts& parts, const http::Request& request, const std::string& id,
                               const std::string& json) {
  if (Has(request, store::Permission::kViewPii)) {
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "read protected", id))
      return *std::move(refusal);
    return http::JsonResponse(200, json);
  }
  base::Result<std::string> reduced = PublicRawCrash(json, parts.registry);
  return reduced ? http::JsonResponse(200, *std::move(reduced)) : StoreTrouble(reduced.error());
}

http::Response SendDump(const ApiParts& parts, const http::Request& request, const std::string& id,
                        const std::string& name) {
  if (!Has(request, store::Permission::kViewRawDump))
    return http::ErrorResponse(403, "Dumps need the permission view_rawdump");
  const base::Result<std::string> list =
      parts.blobs.Get(store::NamedDumpKey("dump_names", id), kMaxRawCrashBytes);
  if (!list && list.error().code != Code::kNotFound) return StoreTrouble(list.error());
  const std::vector<std::string> names = list ? intake::ParseDumpNames(*list) : std::vector<std::string>();
  if (std::ranges::find(names, name) == names.end()) {
    std::string known;
    for (const std::string& each : names) known += (known.empty() ? " It has " : ", ") + each;
    return http::ErrorResponse(404, "The report " + id + " has no dump of that name." + known);
  }
  base::Result<os::FileDescriptor> dump = parts.blobs.Open(intake::KeyOfDump(name, id));
  if (!dump) return StoreTrouble(dump.error());
  if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "read dump", id))
    return *std::move(refusal);
  http::Response response;
  response.content_type = "application/octet-stream";
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + id + "." + name + ".dmp\""});
  response.file = *std::move(dump);
  return response;
}

}  // namespace

base::Result<std::string> PublicRawCrash(std::string_view json, const registry::Registry& registry) {
  simdjson::dom::parser parser;
  simdjson::dom::object crash;
  if (base::ParseJson(parser, json).get(crash) != simdjson::SUCCESS)
    return base::Error{Code::kBadValue, 0, "raw crash"};
  base::JsonWriter out;
  out.BeginObject();
  for (const auto& [name, value] : crash) {
    std::string_view text;
    if (name == "metadata") {
      simdjson::dom::object metadata;
      if (value.get(metadata) != simdjson::SUCCESS) continue;
      out.Key(name);
      out.BeginObject();
      for (const auto& [key, part] : metadata) {
        if (!Contains(kPublicMetadata, key)) continue;
        out.Key(key);
        out.Raw(simdjson::minify(part));
      }
      out.EndObject();
    } else if (value.get(text) == simdjson::SUCCESS) {
      const std::optional<std::string> shown =
          Contains(kPublicKeys, name) ? std::string(text) : registry.PublicValue(name, text);
      if (shown) out.TextField(name, *shown);
    } else if (Contains(kPublicKeys, name)) {
      out.Key(name);
      out.Raw(simdjson::minify(value));
    }
  }
  out.EndObject();
  return out.Take();
}

http::Response RawCrash(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(read);
  std::variant<std::string, http::Response> named = CrashIdOf(parameters);
  if (auto* const refusal = std::get_if<http::Response>(&named)) return std::move(*refusal);
  const std::string& id = std::get<std::string>(named);
  const std::string format = TakeParameter(parameters, "format", "meta");
  if (format != "meta" && format != "raw") return http::ErrorResponse(400, "format: neither meta nor raw");
  const std::optional<std::string> day = intake::DayOfCrashId(id);
  if (!day) return NoSuchCrash(id);
  const base::Result<std::string> json = parts.blobs.Get(store::RawCrashKey(*day, id), kMaxRawCrashBytes);
  if (!json && json.error().code == Code::kNotFound) return NoSuchCrash(id);
  if (!json) return StoreTrouble(json.error());
  const std::vector<std::string> hidden = HiddenProducts(parts, request.caller);
  if (std::ranges::find(hidden, ProductOf(*json)) != hidden.end()) return ProductIsHidden();
  if (format == "raw")
    return SendDump(parts, request, id, TakeParameter(parameters, "name", intake::kMinidumpName));
  return SendAnnotations(parts, request, id, *json);
}

http::Response CrashVerify(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  std::variant<std::string, http::Response> named = CrashIdOf(std::get<http::QueryFields>(read));
  if (auto* const refusal = std::get_if<http::Response>(&named)) return std::move(*refusal);
  const std::string& id = std::get<std::string>(named);
  const std::optional<std::string> day = intake::DayOfCrashId(id);
  const base::Result<bool> raw = day ? parts.blobs.Exists(store::RawCrashKey(*day, id)) : false;
  const base::Result<bool> processed = parts.blobs.Exists(store::ProcessedCrashKey(id));
  const base::Result<std::optional<search::CrashReference>> indexed = parts.index.Get(id);
  if (!raw) return StoreTrouble(raw.error());
  if (!processed) return StoreTrouble(processed.error());
  if (!indexed) return StoreTrouble(indexed.error());
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("uuid", id);
  const auto field = [&](const char* key, bool value) {
    json.Key(key);
    json.Bool(value);
  };
  const bool may_see = !*indexed || (*indexed)->kind == search::CrashKind::kReport ||
                       Has(request, store::Permission::kViewPings);
  field("raw_crash", *raw);
  field("processed_crash", *processed && may_see);
  field("elasticsearch_crash", indexed->has_value() && may_see);  // Its name elsewhere: the index.
  field("telemetry_crash", false);                                // What would be exported to another system.
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

http::Response MissingProcessedCrash(const ApiParts& parts, const http::Request&) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  std::size_t total = 0;
  for (const intake::Lane& lane : intake::kLanes) {
    const auto items = parts.queue.ListSetAside(lane.kind, kMaxMissingShown);
    if (!items) return StoreTrouble(items.error());
    for (const store::SetAsideItem& item : *items) {
      if (!ParseCrashId(item.item.id)) continue;  // A pack of pings.
      json.BeginObject();
      json.TextField("crash_id", item.item.id);
      json.TextField("created", os::FormatIso(item.set_aside_ms));
      json.Key("is_processed");
      json.Bool(false);
      json.EndObject();
      ++total;
    }
  }
  json.EndArray();
  json.NumberField("total", total);
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
