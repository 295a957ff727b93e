#include "server/api/search_fields.h"

#include <string>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/time_units.h"
#include "server/api/search_request.h"

namespace cairn::api {
namespace {

using search::Field;
using search::FieldId;
using search::FieldType;
using search::FieldUse;

// Super Search's words for how values are checked, and how they are compared.
struct TypeWords {
  std::string_view validation;
  std::string_view query;
};
TypeWords WordsOf(FieldType type) {
  switch (type) {
    case FieldType::kKeyword:
    case FieldType::kNames: return {"enum", "enum"};
    case FieldType::kOrdered:
    case FieldType::kText: return {"str", "string"};
    case FieldType::kDate: return {"datetime", "date"};
    case FieldType::kInteger: return {"int", "integer"};
    case FieldType::kNumber: return {"float", "float"};
    case FieldType::kBoolean: break;
  }
  return {"bool", "bool"};
}

// The whole time that one search may have.
constexpr std::int64_t kWindowMs = kMaxWindowDays * base::kDayMs;

}  // namespace

http::Response SuperSearchFields(const ApiParts&, const http::Request&) {
  base::JsonWriter json;
  json.BeginObject();
  for (const Field& field : search::Fields()) {
    const TypeWords words = WordsOf(field.type);
    json.Key(field.name);
    json.BeginObject();
    json.TextField("name", field.name);
    json.TextField("data_validation_type", words.validation);
    json.TextField("query_type", words.query);
    json.TextField("description", field.description);
    json.Key("is_exposed");
    json.Bool(field.use != FieldUse::kDistinct);
    json.Key("is_returned");
    json.Bool(field.use == FieldUse::kEverything);
    json.Key("is_condition");
    json.Bool(field.use == FieldUse::kCondition);
    json.Key("permissions_needed");
    json.BeginArray();
    if (field.is_protected) json.String(store::NameOf(store::Permission::kViewPii));
    json.EndArray();
    json.EndObject();
  }
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

http::Response VersionString(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(read);
  http::QueryFields asked;
  for (const auto& [name, field] : {std::pair("product", "product"), std::pair("channel", "release_channel"),
                                    std::pair("build_id", "build_id")}) {
    const std::string value = TakeParameter(parameters, name);
    if (value.empty()) return http::ErrorResponse(400, "The parameter " + std::string(name) + " is missing");
    asked.emplace_back(field, "=" + value);
  }
  std::variant<search::Query, http::Response> found = ReadSearch(parts, request, asked);
  if (auto* const refusal = std::get_if<http::Response>(&found)) return std::move(*refusal);
  auto& query = std::get<search::Query>(found);
  query.window = {parts.clock() - kWindowMs, parts.clock() + 1};
  query.hits_max = 0;
  query.facets = {{.field = FieldId::kVersion}};
  const base::Result<search::SearchResult> result = parts.index.Search(query);
  if (!result) return SearchTrouble(result.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  for (const search::FacetTerm& term : result->facets.at(0).terms) {
    json.BeginObject();
    json.TextField("version_string", std::get<std::string>(term.term));
    json.EndObject();
  }
  json.EndArray();
  json.NumberField("total", result->facets.at(0).terms.size());
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

http::Response NoOp(const ApiParts&, const http::Request&) {
  return http::JsonResponse(200, R"({"hits":[],"total":0})");
}

}  // namespace cairn::api
