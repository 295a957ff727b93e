#include "server/api/data_sets.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/iso_time.h"
#include "base/json_writer.h"
#include "base/time_units.h"
#include "os/clock.h"
#include "server/api/search_request.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::CrashKind;
using search::Field;
using search::FieldId;
using search::FieldType;

constexpr std::array<DataSet, 2> kDataSets = {{
    {"socorro_crash", "The processed crash reports of a day, one row each, as they are called today.",
     CrashKind::kReport},
    {"crash_summary", "The crash pings of a day, one row each. Needs view_pings.", CrashKind::kPing},
}};

// Named as their users know them; behind them stand the fields that have no such name.
struct NamedColumn {
  std::string_view name;
  FieldId field;
  bool is_day = false;
};
constexpr std::array<NamedColumn, 1> kReportColumns = {{{"crash_date", FieldId::kDate, true}}};
constexpr std::array<NamedColumn, 10> kPingColumns = {{
    {"submission_date", FieldId::kDate, true},
    {"submission_timestamp", FieldId::kDate},
    {"document_id", FieldId::kUuid},
    {"application", FieldId::kProduct},
    {"build_version", FieldId::kVersion},
    {"build_id", FieldId::kBuildId},
    {"channel", FieldId::kReleaseChannel},
    {"os_name", FieldId::kPlatform},
    {"os_version", FieldId::kPlatformVersion},
    {"architecture", FieldId::kCpuArch},
}};

std::span<const NamedColumn> NamedColumnsOf(const DataSet& set) {
  if (set.kind == CrashKind::kReport) return kReportColumns;
  return kPingColumns;
}

// The day as "2026-11-22" and the one behind it, if the text is one.
std::optional<std::pair<std::string, std::string>> DayOf(const std::string& text) {
  using base::kDayMs;
  constexpr std::size_t kDayCharacters = 10;
  const std::optional<std::int64_t> from_ms = base::ParseIso(text);
  if (!from_ms || text.size() != kDayCharacters) return std::nullopt;
  return std::pair(text, os::FormatIso(*from_ms + kDayMs).substr(0, kDayCharacters));
}

std::string PathOf(const DataSet& set) { return "/api/DataSets/" + std::string(set.name) + "/"; }

void WriteDataSet(const DataSet& set, base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("name", set.name);
  json.TextField("description", set.description);
  json.TextField("path", PathOf(set));
  if (set.kind == CrashKind::kPing)
    json.TextField("permission", store::NameOf(store::Permission::kViewPings));
  json.Key("formats");
  json.BeginArray();
  for (const FileFormatRow& format : kFileFormats) json.String(format.name);
  json.EndArray();
  json.Key("columns");
  json.BeginArray();
  for (const FileColumn& column : ColumnsOf(set)) {
    const Field& field = search::FieldOf(column.field);
    json.BeginObject();
    json.TextField("name", column.name);
    json.TextField("type", TypeNameOf(column));
    json.TextField("field", field.name);
    json.TextField("description", field.description);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

}  // namespace

std::span<const DataSet> DataSets() { return kDataSets; }

std::vector<FileColumn> ColumnsOf(const DataSet& set) {
  const std::span<const NamedColumn> named = NamedColumnsOf(set);
  std::vector<FileColumn> columns;
  for (const NamedColumn& column : named) {
    columns.push_back({std::string(column.name), column.field, column.is_day});
  }
  for (const Field& field : search::Fields()) {
    const bool is_there = std::ranges::any_of(
        named, [&](const NamedColumn& column) { return column.field == field.id && !column.is_day; });
    const bool is_shown = field.use == search::FieldUse::kEverything && !field.is_protected;
    if (!is_shown || field.id == FieldId::kKind || is_there) continue;
    // Renamed columns and annotations' fields could have the same name: the first one keeps it.
    if (std::ranges::find(columns, field.name, &FileColumn::name) == columns.end())
      columns.push_back({field.name, field.id});
  }
  return columns;
}

std::string_view TypeNameOf(const FileColumn& column) {
  if (column.is_day) return "day";
  switch (search::FieldOf(column.field).type) {
    case FieldType::kDate: return "timestamp";
    case FieldType::kInteger: return "integer";
    case FieldType::kNumber: return "number";
    case FieldType::kBoolean: return "boolean";
    case FieldType::kNames: return "names";
    default: return "text";
  }
}

http::Response ListDataSets(const ApiParts&, const http::Request&) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("data_sets");
  json.BeginArray();
  for (const DataSet& set : DataSets()) WriteDataSet(set, json);
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

http::Response SendDataSet(const ApiParts& parts, const http::Request& request) {
  const auto* const set = std::ranges::find(kDataSets, request.captures.at("name"), &DataSet::name);
  if (set == kDataSets.end())
    return http::ErrorResponse(404, "There is no such data set: /api/DataSets/ lists them");
  constexpr std::string_view kViewPings = store::NameOf(store::Permission::kViewPings);
  const bool may_view_pings =
      request.caller.Has(kViewPings) || !request.caller.ProductsWith(kViewPings).empty();
  if (set->kind == CrashKind::kPing && !may_view_pings) return NeedsViewPings();
  std::variant<http::QueryFields, http::Response> given = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&given)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(given);
  const FileFormatRow* const format = FindFileFormat(TakeParameter(parameters, "_format", "jsonl"));
  if (format == nullptr) return http::ErrorResponse(400, kNoSuchFormat);
  const auto day = DayOf(TakeParameter(parameters, "date"));
  if (!day) return http::ErrorResponse(400, "date: not a day such as 2026-11-22");
  parameters.emplace_back("date", ">=" + day->first);
  parameters.emplace_back("date", "<" + day->second);
  std::variant<search::Query, http::Response> read = ReadSearch(parts, request, parameters);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& query = std::get<search::Query>(read);
  query.kinds = {set->kind};
  if (set->kind == CrashKind::kPing) ConfineTo(kViewPings, request.caller, query);
  const FileOrder order{.format = *format,
                        .stem = std::string(set->name) + "-" + day->first,
                        .rows = "rows of " + std::string(set->name) + " of " + day->first,
                        .columns = ColumnsOf(*set)};
  return SendHits(parts, request, std::move(query), order);
}

}  // namespace cairn::api
