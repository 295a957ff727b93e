#include "server/api/data_dictionary.h"

#include "base/json_writer.h"
#include "server/registry/names.h"

namespace cairn::api {
namespace {

void WriteRow(const registry::Row& row, base::JsonWriter& json) {
  json.BeginObject();
  if (!row.name.empty()) json.TextField("name", row.name);
  if (!row.field.empty()) json.TextField("field", row.field);
  json.TextField("type", registry::NameIn(registry::kTypes, row.type));
  json.TextField("permission", registry::NameIn(registry::kPermissions, row.permission));
  json.TextField("search", registry::NameIn(registry::kSearches, row.search));
  if (!row.name.empty()) {
    json.TextField("scope", registry::NameIn(registry::kScopes, row.scope));
    json.TextField("source", registry::NameIn(registry::kSources, row.source));
    json.TextField("public_form", registry::NameIn(registry::kPublicForms, row.public_form));
  }
  json.TextField("description", row.description);
  json.EndObject();
}

}  // namespace

http::Response DataDictionary(const ApiParts& parts, const http::Request&) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("annotations");
  json.BeginArray();
  for (const auto& [name, row] : parts.registry.annotations()) WriteRow(row, json);
  json.EndArray();
  json.Key("fields");
  json.BeginArray();
  for (const auto& [field, row] : parts.registry.server_fields()) WriteRow(row, json);
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
