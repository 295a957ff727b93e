#include "server/api/raw_crash.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/api/public_document.h"
#include "server/api/search_request.h"
#include "server/intake/crash_id.h"
#include "server/intake/processed_crash.h"
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

bool Has(const http::Request& request, store::Permission permission, std::string_view product) {
  return request.caller.Has(store::NameOf(permission), product);
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
std::string SubmittedProduct(std::string_view json) {
  simdjson::dom::parser parser;
  std::string_view product;
  if (base::ParseJson(parser, json)["ProductName"].get(product) != simdjson::SUCCESS) return "";
  return std::string(product);
}

http::Response SendAnnotations(const ApiParts& parts, const http::Request& request, const std::string& id,
                               const std::string& json) {
  if (Has(request, store::Permission::kViewPii, SubmittedProduct(json))) {
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "read protected", id))
      return *std::move(refusal);
    return http::JsonResponse(200, json);
  }
  base::Result<std::string> reduced = PublicRawCrash(json, parts.registry);
  return reduced ? http::JsonResponse(200, *std::move(reduced)) : StoreTrouble(reduced.error());
}

// Crash Stats' clients call the dump of the crashed process so.
constexpr std::string_view kMinidumpAlias = "dump";

http::Response SendDump(const ApiParts& parts, const http::Request& request, const std::string& id,
                        std::string name) {
  const base::Result<std::string> list =
      parts.blobs.Get(store::NamedDumpKey("dump_names", id), kMaxRawCrashBytes);
  if (!list && list.error().code != Code::kNotFound) return StoreTrouble(list.error());
  const std::vector<std::string> names = list ? intake::ParseDumpNames(*list) : std::vector<std::string>();
  if (name == kMinidumpAlias && std::ranges::find(names, name) == names.end()) name = intake::kMinidumpName;
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
  const std::string product = SubmittedProduct(*json);
  if (std::optional<http::Response> refusal = RefuseHidden(parts, request.caller, product))
    return *std::move(refusal);
  if (format == "raw" && !Has(request, store::Permission::kViewRawDump, product))
    return http::ErrorResponse(403, "Dumps need the permission view_rawdump");
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
  const base::Result<bool> may_see = SeesCrash(parts, request.caller, id);
  const base::Result<bool> processed = parts.blobs.Exists(store::ProcessedCrashKey(id));
  const base::Result<std::optional<search::CrashReference>> indexed = parts.index.Get(id);
  if (!raw) return StoreTrouble(raw.error());
  if (!processed) return StoreTrouble(processed.error());
  if (!indexed) return StoreTrouble(indexed.error());
  if (!may_see) return StoreTrouble(may_see.error());
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("uuid", id);
  const auto field = [&](const char* key, bool value) {
    json.Key(key);
    json.Bool(value);
  };
  field("raw_crash", *raw && *may_see);
  field("processed_crash", *processed && *may_see);
  field("elasticsearch_crash", indexed->has_value() && *may_see);  // Its name elsewhere: the index.
  field("telemetry_crash", false);  // What would be exported to another system.
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

base::Result<std::string> ProductOfReport(const ApiParts& parts, const std::string& id) {
  const std::optional<std::string> day = intake::DayOfCrashId(id);
  if (!day) return std::string();
  const base::Result<std::string> json = parts.blobs.Get(store::RawCrashKey(*day, id), kMaxRawCrashBytes);
  if (!json && json.error().code == Code::kNotFound) return std::string();
  if (!json) return json.error();
  return SubmittedProduct(*json);
}

base::Result<bool> SeesCrash(const ApiParts& parts, const http::Caller& caller, const std::string& id) {
  ASSIGN_OR_RETURN(const std::vector<std::string> hidden, HiddenProducts(parts, caller));
  ASSIGN_OR_RETURN(const std::optional<search::CrashReference> known, parts.index.Get(id));
  const auto is_hidden = [&](const std::string& product) {
    return std::ranges::find(hidden, product) != hidden.end();
  };
  const bool is_ping = known && known->kind == search::CrashKind::kPing;
  if (hidden.empty() && !is_ping) return true;
  if (known) {
    ASSIGN_OR_RETURN(const std::string product, ProductOf(parts.index, *known));
    if (is_hidden(product) || (is_ping && !MayViewPings(caller, product))) return false;
  }
  ASSIGN_OR_RETURN(const std::string submitted, ProductOfReport(parts, id));
  if (is_hidden(submitted)) return false;
  const base::Result<std::string> document = intake::GetProcessedCrash(parts.blobs, id);
  if (!document && document.error().code != Code::kNotFound) return document.error();
  return !document || !is_hidden(ProductOfDocument(*document));
}

http::Response MissingProcessedCrash(const ApiParts& parts, const http::Request& request) {
  const http::QueryFields parameters = http::ParseQuery(request.query).value_or(http::QueryFields());
  const std::string_view text = http::FindQueryField(parameters, "page");
  std::size_t page = 1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
  const bool is_page = error == std::errc() && end == text.data() + text.size();
  if (!text.empty() && (!is_page || page < 1 || page > kMaxMissingPages))
    return http::ErrorResponse(400, "page: not a number from 1 to " + std::to_string(kMaxMissingPages));
  const base::Result<std::vector<std::string>> hidden = HiddenProducts(parts, request.caller);
  if (!hidden) return StoreTrouble(hidden.error());
  const std::size_t from = (page - 1) * kMissingOfPage;
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  std::size_t seen = 0;  // Of all pages up to this one.
  for (const intake::Lane& lane : intake::kLanes) {
    const auto items = parts.queue.ListSetAside(lane.kind, from + kMissingOfPage);
    if (!items) return StoreTrouble(items.error());
    for (const store::SetAsideItem& item : *items) {
      if (!ParseCrashId(item.item.id)) continue;  // A pack of pings.
      if (seen == from + kMissingOfPage) break;
      if (!hidden->empty()) {
        const base::Result<std::string> product = ProductOfReport(parts, item.item.id);
        if (!product) return StoreTrouble(product.error());
        if (std::ranges::find(*hidden, *product) != hidden->end()) continue;
      }
      if (++seen <= from) continue;
      json.BeginObject();
      json.TextField("crash_id", item.item.id);
      json.TextField("created", os::FormatIso(item.set_aside_ms));
      json.Key("is_processed");
      json.Bool(false);
      json.EndObject();
    }
  }
  json.EndArray();
  json.NumberField("total", seen - std::min(seen, from));
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
