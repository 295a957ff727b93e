#include "server/search/duckdb_sql.h"

#include <string_view>

#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_schema.h"

namespace cairn::search {

Statement TotalStatement(const Query& query, const CrashSelection& selection) {
  constexpr std::string_view kSums =
      ", coalesce(sum(c.weight), 0), coalesce(sum(c.weight * (c.weight - 1)), 0)";
  return SelectCrashes("count(*)" + std::string(query.with_estimates ? kSums : ""), false, selection);
}

Statement HitsStatement(const Query& query, const CrashSelection& selection) {
  bool with_signatures = false;
  std::string expressions;
  const auto add = [&](FieldId field) {
    const FieldColumn column = ColumnOf(field);
    expressions += column.expression + ", ";
    with_signatures |= column.needs_signatures;
    return column.expression;
  };
  for (const FieldId field : query.columns) add(field);
  std::string order;
  for (const Sort& sort : query.sort) {
    order += add(sort.field) + (sort.descending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
  }
  Statement statement =
      SelectCrashes(expressions + "c.date_ms, CAST(c.uuid AS VARCHAR), c.kind", with_signatures, selection);
  if (query.after) {
    const Statement behind = BehindPosition(query.sort, *query.after);
    statement.sql += " AND " + behind.sql;
    statement.parameters.insert(statement.parameters.end(), behind.parameters.begin(),
                                behind.parameters.end());
  }
  statement.sql += " ORDER BY " + order + "c.date_ms DESC, c.uuid, c.kind DESC LIMIT " +
                   std::to_string(query.hits_max + 1) + " OFFSET " + std::to_string(query.hits_offset);
  return statement;
}

Statement SelectCrashes(const std::string& expressions, bool with_signatures,
                        const CrashSelection& selection) {
  std::string sql = "SELECT " + expressions + " FROM " + CrashSource(selection.files);
  if (with_signatures || selection.condition.needs_signatures)
    sql += " LEFT JOIN " + selection.dictionary + ".signatures s ON s.input_id = c.input_id";
  return {sql + " WHERE " + selection.condition.statement.sql, selection.condition.statement.parameters};
}

std::string CrashSource(std::span<const DuckDbCrashes::File> files) {
  std::string columns;
  for (const DuckDbColumn& column : CrashColumns()) columns += ", " + column.name;
  std::string source;
  for (const DuckDbCrashes::File& file : files) {
    source += source.empty() ? "(" : " UNION ALL ";
    source += "SELECT '" + std::string(CrashKindName(file.kind)) + "' AS kind" + columns + " FROM " +
              file.file->catalog + ".crashes";
  }
  return source + ") c";
}

}  // namespace cairn::search
