#include "server/search/duckdb_found.h"

#include "server/search/duckdb_columns.h"

namespace cairn::search {
namespace {

void AddFields(const Aggregation& aggregation, std::set<FieldId>& fields) {
  fields.insert(aggregation.field);
  for (const Aggregation& inner : aggregation.inner) AddFields(inner, fields);
}

void Add(CrashExpressions& to, const FieldColumn& column, const std::string& name) {
  to.expressions += (to.expressions.empty() ? "" : ", ") + column.expression + " AS " + name;
  to.with_signatures |= column.needs_signatures;
  to.with_texts |= column.needs_texts;
}

}  // namespace

std::string FacetName(FieldId field) { return "f" + std::to_string(static_cast<int>(field)); }

std::string SortName(std::size_t place) { return "s" + std::to_string(place); }

std::set<FieldId> FacetFields(const Query& query) {
  std::set<FieldId> fields;
  for (const Aggregation& aggregation : query.facets) AddFields(aggregation, fields);
  return fields;
}

CrashExpressions FacetColumns(const Query& query, const CrashSelection& selection) {
  CrashExpressions columns;
  for (const FieldId field : FacetFields(query)) {
    if (field == FieldId::kSignature) {
      Add(columns, {SignatureNumberOf(selection)}, FacetName(field));
    } else {
      Add(columns, ColumnOf(field), FacetName(field));
    }
  }
  if (query.with_estimates) Add(columns, {"c.weight"}, "weight");
  return columns;
}

base::Status KeepFound(DuckConnection& connection, const Query& query, const CrashSelection& selection,
                       bool with_places) {
  CrashExpressions columns = FacetColumns(query, selection);
  if (with_places) {
    Add(columns, {"c.key"}, "key");
    Add(columns, {"c.date_ms"}, "date_ms");
    for (std::size_t i = 0; i < query.sort.size(); ++i) {
      Add(columns, ShownColumnOf(query.sort[i].field), SortName(i));
    }
  }
  const Statement select = SelectCrashes(columns, selection);
  ASSIGN_OR_RETURN(
      const DuckRows done,
      connection.Query("CREATE TEMP TABLE " + std::string(kFound) + " AS " + select.sql, select.parameters));
  return {};
}

}  // namespace cairn::search
