#include "server/api/return_query.h"

#include <string_view>

#include "base/json_writer.h"
#include "os/clock.h"
#include "server/api/aggregation_parameters.h"
#include "server/api/search_answer.h"
#include "server/search/week.h"

namespace cairn::api {
namespace {

using search::Aggregation;
using search::Combine;
using search::Operator;
using search::Query;

std::string_view NameOf(Operator op) {
  switch (op) {
    case Operator::kMatches: return "matches";
    case Operator::kEquals: return "=";
    case Operator::kContains: return "~";
    case Operator::kStartsWith: return "^";
    case Operator::kEndsWith: return "$";
    case Operator::kRegex: return "@";
    case Operator::kIsAbsent: return "__null__";
    case Operator::kLess: return "<";
    case Operator::kLessOrEqual: return "<=";
    case Operator::kGreater: return ">";
    case Operator::kGreaterOrEqual: return ">=";
  }
  return {};
}

std::string_view NameOf(Combine combine) {
  switch (combine) {
    case Combine::kAnyOf: return "any_of";
    case Combine::kAllOf: return "all_of";
    case Combine::kNoneOf: return "none_of";
  }
  return {};
}

void WriteClause(const search::Clause& clause, base::JsonWriter& json) {
  json.BeginObject();
  json.TextField("field", search::FieldOf(clause.field).name);
  json.TextField("combine", NameOf(clause.combine));
  json.Key("tests");
  json.BeginArray();
  for (const search::Test& test : clause.tests) {
    json.BeginObject();
    json.TextField("operator", NameOf(test.op));
    if (test.op != Operator::kIsAbsent) {
      json.Key("value");
      WriteValue(clause.field, test.operand, json);
    }
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void WriteAggregations(const std::vector<Aggregation>& aggregations, base::JsonWriter& json) {
  json.BeginArray();
  for (const Aggregation& aggregation : aggregations) {
    json.BeginObject();
    json.TextField("name", NameOfAggregation(aggregation));
    if (!aggregation.inner.empty()) {
      json.Key("facets");
      WriteAggregations(aggregation.inner, json);
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteConditions(const Query& query, const http::QueryFields& parameters, base::JsonWriter& json) {
  json.Key("conditions");
  json.BeginArray();
  for (const search::Clause& clause : query.clauses) WriteClause(clause, json);
  json.EndArray();
  json.Key("stacks");
  json.BeginArray();
  for (const auto& [name, value] : parameters) {
    if ((name != "stack" && !name.starts_with("stack(")) || value.empty()) continue;
    json.BeginObject();
    json.TextField("field", name);
    json.TextField("value", value);
    json.EndObject();
  }
  json.EndArray();
}

void WritePage(const Query& query, base::JsonWriter& json) {
  json.Key("columns");
  json.BeginArray();
  for (const search::FieldId column : query.columns) json.String(search::FieldOf(column).name);
  json.EndArray();
  json.Key("sort");
  json.BeginArray();
  for (const search::Sort& sort : query.sort)
    json.String((sort.descending ? "-" : "") + search::FieldOf(sort.field).name);
  json.EndArray();
  json.NumberField("results_number", query.hits_max);
  json.NumberField("results_offset", query.hits_offset);
  json.NumberField("facets_size", query.facet_size);
  json.Key("facets");
  WriteAggregations(query.facets, json);
}

}  // namespace

std::string WriteQuery(const Query& query, const http::QueryFields& parameters) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("query");
  json.BeginObject();
  json.TextField("from", os::FormatIso(query.window.from_ms));
  json.TextField("to", os::FormatIso(query.window.to_ms));
  json.Key("kinds");
  json.BeginArray();
  for (const search::CrashKind kind : query.kinds) json.String(search::CrashKindName(kind));
  json.EndArray();
  WriteConditions(query, parameters, json);
  WritePage(query, json);
  json.EndObject();
  json.Key("indices");
  json.BeginArray();
  for (const search::CrashKind kind : query.kinds) {
    const std::int64_t last = search::WeekOf(query.window.to_ms - 1);
    for (std::int64_t week = search::WeekOf(query.window.from_ms); week <= last; ++week)
      json.String(search::WeekStem(search::CrashKindName(kind), week));
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::api
