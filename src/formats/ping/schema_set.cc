#include "formats/ping/schema_set.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <variant>

namespace cairn::ping {
namespace {

struct BuiltInSchema {
  std::string_view name;
  std::string_view text;
};
#include "formats/ping/built_in_schemas.inc"  // NOLINT: a table.

constexpr std::string_view kAnyVersion = "any";

// The types of Glean pings that Cairn has a use for: they need no schema of their own.
constexpr std::array<std::string_view, 2> kGleanTypes = {"crash", "baseline"};

bool IsGleanType(std::string_view name_space, std::string_view type) {
  return name_space != kTelemetry && std::ranges::find(kGleanTypes, type) != kGleanTypes.end();
}

std::string Name(std::string_view name_space, std::string_view type) {
  return std::string(name_space) + "." + std::string(type) + ".";
}

}  // namespace

SchemaSet SchemaSet::BuiltIn() {
  SchemaSet set;
  for (const BuiltInSchema& schema : kBuiltInSchemas) {
    [[maybe_unused]] const auto problem = set.Add(schema.name, schema.text);
    assert(!problem);  // They are part of the program, and tests compile them.
  }
  return set;
}

std::optional<json_schema::Problem> SchemaSet::Add(std::string_view file_name, std::string_view text) {
  std::string name(file_name);
  if (name.ends_with(kSchemaSuffix)) name.resize(name.size() - kSchemaSuffix.size());
  // "crash.4": the namespace goes without saying.
  const bool is_short = std::ranges::count(name, '.') == 1 && !name.starts_with("glean.");
  if (is_short) name = std::string(kTelemetry) + "." + name;
  std::variant<json_schema::Schema, json_schema::Problem> schema = json_schema::Schema::Compile(text);
  if (auto* const problem = std::get_if<json_schema::Problem>(&schema)) return std::move(*problem);
  schemas_.insert_or_assign(std::move(name), std::get<json_schema::Schema>(std::move(schema)));
  return std::nullopt;
}

const json_schema::Schema* SchemaSet::Find(const PingKind& kind) const {
  const std::string version = std::to_string(kind.version);
  auto found = schemas_.find(Name(kind.name_space, kind.type) + version);
  if (found == schemas_.end())
    found = schemas_.find(Name(kind.name_space, kind.type) + std::string(kAnyVersion));
  // A Glean ping whose type is not known (it comes from a file, without its URL) has the form of all of them.
  const bool is_glean = IsGleanType(kind.name_space, kind.type) || kind.type.empty();
  if (found == schemas_.end() && is_glean) found = schemas_.find("glean." + version);
  return found == schemas_.end() ? nullptr : &found->second;
}

bool SchemaSet::HasType(std::string_view name_space, std::string_view type) const {
  if (IsGleanType(name_space, type)) return true;
  const std::string prefix = Name(name_space, type);
  const auto found = schemas_.lower_bound(prefix);
  return found != schemas_.end() && found->first.starts_with(prefix);
}

}  // namespace cairn::ping
