// CheckPing says whether a ping is what its name promises: JSON, of a known type and version, as the schema
// wants it.
//
// The order of the questions and the names of the answers are those of Mozilla's decoder, so that its
// dashboards and runbooks fit.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "formats/ping/schema_set.h"

namespace cairn::ping {

inline constexpr std::size_t kMaxPingJsonBytes = 8 << 20;  // Inflated; what Mozilla's decoder takes.

enum class Fault {
  kJsonParse,         // It is no JSON object.
  kInvalidDocType,    // Nobody knows such pings.
  kMissingVersion,    // A ping of the namespace telemetry carries its version itself, and this one does not.
  kSchemaNotFound,    // The type is known, the version is not.
  kSchemaValidation,  // The schema does not take it.
};
std::string_view NameOf(Fault fault);  // "json_parse"

struct Refusal {
  Fault fault = Fault::kJsonParse;
  std::string pointer;  // JSON pointer to what is at fault; empty: all of it.
  std::string reason;
};

// What the URL of a ping says it is. The version is absent in the namespace telemetry.
struct PingName {
  std::string name_space;
  std::string type;
  std::optional<int> version;
};

// Parses into `parser`, whose document is then `document`; kJsonParse if that cannot be.
std::optional<Refusal> ParsePing(std::string_view json, simdjson::dom::parser& parser,
                                 simdjson::dom::element& document);

std::optional<Refusal> CheckPing(const SchemaSet& schemas, const PingName& name,
                                 simdjson::dom::element document);

// What a ping without its URL says of itself: "type" and "version", or that it is Glean's.
PingName NameByContent(simdjson::dom::element document);

// An object's member; of repeated keys the last one. Nothing if there is none, or if it is no object.
std::optional<simdjson::dom::element> MemberOf(simdjson::dom::element object, std::string_view name);

}  // namespace cairn::ping
