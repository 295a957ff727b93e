// SchemaSet holds the JSON schemas that pings are checked by: Cairn's own, and those that an operator puts
// over them.
//
// A schema is known by the name of its file without ".schema.json": NAMESPACE.TYPE.VERSION, TYPE.VERSION for
// the namespace telemetry, and glean.VERSION for every Glean ping that has none of its own. "any" in the
// version's place is for those that have none of their own. A set never changes while pings are checked, so
// that threads may share one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "formats/json_schema/schema.h"

namespace cairn::ping {

inline constexpr std::string_view kSchemaSuffix = ".schema.json";
inline constexpr std::string_view kTelemetry = "telemetry";  // The namespace of the older form of pings.

struct PingKind {
  std::string name_space;
  std::string type;
  int version = 0;
};

class SchemaSet {
 public:
  // Those of schema/pings.
  static SchemaSet BuiltIn();

  // Puts a schema over the one of that name. What is wrong with it, if something is.
  std::optional<json_schema::Problem> Add(std::string_view file_name, std::string_view text);

  // Null if there is none.
  const json_schema::Schema* Find(const PingKind& kind) const;
  // Whether there is a schema of that type in any version.
  bool HasType(std::string_view name_space, std::string_view type) const;

 private:
  std::map<std::string, json_schema::Schema, std::less<>> schemas_;  // By name; "telemetry." is always said.
};

}  // namespace cairn::ping
