#include "server/search/duckdb_sql.h"

#include <string_view>
#include <utility>

#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_schema.h"

namespace cairn::search {

Statement TotalStatement(const Query& query, const CrashSelection& selection) {
  constexpr std::string_view kSums =
      ", coalesce(sum(c.weight), 0), coalesce(sum(c.weight * (c.weight - 1)), 0)";
  return SelectCrashes({"count(*)" + std::string(query.with_estimates ? kSums : "")}, selection);
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
  Statement behind;
  if (query.after) {
    behind = BehindPosition(query.sort, *query.after);
    behind.sql.insert(0, " AND ");
  }
  behind.sql += " ORDER BY " + order + "c.date_ms DESC, c.uuid, c.kind DESC LIMIT " +
                std::to_string(query.hits_max + 1) + " OFFSET " + std::to_string(query.hits_offset);
  return SelectCrashes(
      {expressions + "c.date_ms, CAST(c.uuid AS VARCHAR), c.kind", with_signatures, std::move(behind)},
      selection);
}

Statement SelectCrashes(const CrashExpressions& what, const CrashSelection& selection) {
  const Statement& condition = selection.condition.statement;
  const bool with_signatures = what.with_signatures || selection.condition.needs_signatures;
  std::string sql = " WHERE " + condition.sql + what.behind.sql;
  if (with_signatures) {
    sql.insert(0, " LEFT JOIN " + selection.dictionary + ".signatures s ON s.input_id = c.input_id");
  }
  const std::string source = CrashSource(selection.files, what.expressions + sql);
  Statement statement{"SELECT " + what.expressions + " FROM " + source + sql, condition.parameters};
  statement.parameters.insert(statement.parameters.end(), what.behind.parameters.begin(),
                              what.behind.parameters.end());
  return statement;
}

namespace {

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool Reads(std::string_view statement, std::string_view column) {
  const std::string name = "c." + std::string(column);
  for (std::size_t at = statement.find(name); at != std::string_view::npos;
       at = statement.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (end == statement.size() || !IsNameCharacter(statement[end])) return true;
  }
  return false;
}

}  // namespace

std::string CrashSource(std::span<const DuckDbCrashes::File> files, std::string_view statement) {
  std::string columns;
  for (const DuckDbColumn& column : CrashColumns()) {
    if (Reads(statement, column.name)) columns += ", " + column.name;
  }
  std::string source;
  for (const DuckDbCrashes::File& file : files) {
    source += source.empty() ? "(" : " UNION ALL ";
    source += "SELECT '" + std::string(CrashKindName(file.kind)) + "' AS kind" + columns + " FROM " +
              file.file->catalog + ".crashes";
  }
  return source + ") c";
}

}  // namespace cairn::search
