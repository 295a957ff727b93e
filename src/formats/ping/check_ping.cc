#include "formats/ping/check_ping.h"

#include <cmath>
#include <utility>

#include "base/parse_json.h"

namespace cairn::ping {
namespace {

namespace dom = simdjson::dom;

constexpr double kMaxVersion = 1e6;

// `version`, or `v` in pings of mobile programs. 4.0 is 4.
std::optional<int> VersionInBody(dom::element document) {
  for (const std::string_view key : {"version", "v"}) {
    const std::optional<dom::element> member = MemberOf(document, key);
    double number = 0;
    if (!member || member->get(number) != simdjson::SUCCESS) continue;
    if (number >= 0 && number <= kMaxVersion && number == std::floor(number)) return static_cast<int>(number);
  }
  return std::nullopt;
}

}  // namespace

std::string_view NameOf(Fault fault) {
  switch (fault) {
    case Fault::kJsonParse: return "json_parse";
    case Fault::kInvalidDocType: return "invalid_doc_type";
    case Fault::kMissingVersion: return "missing_version";
    case Fault::kSchemaNotFound: return "schema_not_found";
    case Fault::kSchemaValidation: return "schema_validation";
  }
  return "unknown";
}

std::optional<Refusal> ParsePing(std::string_view json, dom::parser& parser, dom::element& document) {
  if (json.size() > kMaxPingJsonBytes) return Refusal{Fault::kJsonParse, "", "is larger than a ping may be"};
  const simdjson::error_code error = base::ParseJson(parser, json).get(document);
  if (error != simdjson::SUCCESS) return Refusal{Fault::kJsonParse, "", simdjson::error_message(error)};
  if (!document.is_object()) return Refusal{Fault::kJsonParse, "", "must be a JSON object"};
  return std::nullopt;
}

std::optional<Refusal> CheckPing(const SchemaSet& schemas, const PingName& name, dom::element document) {
  if (!name.type.empty() && !schemas.HasType(name.name_space, name.type)) {
    return Refusal{Fault::kInvalidDocType, "", "No such docType: " + name.name_space + "/" + name.type};
  }
  const std::optional<int> version = name.version ? name.version : VersionInBody(document);
  if (!version) return Refusal{Fault::kMissingVersion, "", "has no version"};
  const json_schema::Schema* const schema = schemas.Find({name.name_space, name.type, *version});
  if (schema == nullptr) {
    return Refusal{
        Fault::kSchemaNotFound, "",
        "No schema for " + name.name_space + "/" + name.type + " of version " + std::to_string(*version)};
  }
  std::optional<json_schema::Problem> problem = schema->Check(document);
  if (!problem) return std::nullopt;
  return Refusal{Fault::kSchemaValidation, std::move(problem->pointer), std::move(problem->reason)};
}

PingName NameByContent(dom::element document) {
  if (MemberOf(document, "ping_info") || MemberOf(document, "client_info")) return {"glean", "", 1};
  PingName name{std::string(kTelemetry), "crash", std::nullopt};
  std::string_view type;
  if (const auto member = MemberOf(document, "type"); member && member->get(type) == simdjson::SUCCESS) {
    name.type = std::string(type);
  }
  return name;
}

std::optional<dom::element> MemberOf(dom::element object, std::string_view name) {
  std::optional<dom::element> last;
  dom::object fields;
  if (object.get(fields) != simdjson::SUCCESS) return last;
  for (const dom::key_value_pair field : fields) {
    if (field.key == name) last = field.value;
  }
  return last;
}

}  // namespace cairn::ping
