#include "server/search/duckdb_sql.h"

#include <map>
#include <string_view>
#include <utility>

#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_schema.h"
#include "server/search/week.h"

namespace cairn::search {

std::string SignatureNumberOf(const CrashSelection& selection) {
  return "signature_number(" + selection.signatures + ", c.input_number)";
}

Statement TotalStatement(const Query& query, const CrashSelection& selection) {
  constexpr std::string_view kSums =
      ", coalesce(sum(c.weight), 0), coalesce(sum(c.weight * (c.weight - 1)), 0)";
  return SelectCrashes({"count(*)" + std::string(query.with_estimates ? kSums : "")}, selection);
}

Statement HitsStatement(const Query& query, const CrashSelection& selection) {
  CrashExpressions what;
  const auto add = [&](FieldId field) {
    const FieldColumn column = ShownColumnOf(field);
    what.expressions += column.expression + ", ";
    what.with_signatures |= column.needs_signatures;
    what.with_texts |= column.needs_texts;
    return column.expression;
  };
  for (const FieldId field : query.columns) add(field);
  std::string order;
  for (const Sort& sort : query.sort) {
    order += add(sort.field) + (sort.descending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
  }
  what.expressions += "c.date_ms, CAST(c.uuid AS VARCHAR), c.kind";
  if (query.after) {
    what.behind = BehindPosition(query.sort, *query.after);
    what.behind.sql.insert(0, " AND ");
  }
  what.behind.sql += " ORDER BY " + order + "c.date_ms DESC, c.uuid, c.kind DESC LIMIT " +
                     std::to_string(query.hits_max + 1) + " OFFSET " + std::to_string(query.hits_offset);
  return SelectCrashes(what, selection);
}

Statement SelectCrashes(const CrashExpressions& what, const CrashSelection& selection) {
  const Statement& condition = selection.condition;
  std::string sql = " WHERE " + condition.sql + what.behind.sql;
  if (what.with_signatures) {
    sql.insert(0, " LEFT JOIN " + selection.dictionary + ".signatures s ON s.input_number = c.input_number");
  }
  if (what.with_texts) {
    sql.insert(0, " LEFT JOIN " + selection.dictionary +
                      ".signature_texts t ON t.number = " + SignatureNumberOf(selection));
  }
  const std::string source = CrashSource(selection.parts, what.expressions + sql);
  Statement statement{"SELECT " + what.expressions + " FROM " + source + sql, condition.parameters};
  statement.parameters.insert(statement.parameters.end(), what.behind.parameters.begin(),
                              what.behind.parameters.end());
  return statement;
}

namespace {

constexpr std::string_view kThreads = "thread_stack_numbers";

// Of a key, those that number a row: 10^12 of them. The others number a file.
constexpr int kRowBits = 40;

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

std::vector<CrashPart> PartsOf(std::span<const DuckDbCrashes::File> files) {
  std::vector<CrashPart> parts;
  for (const DuckDbCrashes::File& file : files) {
    parts.push_back(
        {file.kind, file.file->catalog, static_cast<std::int64_t>(parts.size()), "", file.has_threads});
  }
  return parts;
}

std::vector<CrashPart> PartsWithin(std::span<const DuckDbCrashes::File> files, const DateWindow& window) {
  std::vector<CrashPart> parts = PartsOf(files);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (window.from_ms > StartOfWeek(files[i].week))
      parts[i].rows = "date_ms >= " + std::to_string(window.from_ms);
    if (window.to_ms < StartOfWeek(files[i].week + 1))
      parts[i].rows +=
          (parts[i].rows.empty() ? "date_ms < " : " AND date_ms < ") + std::to_string(window.to_ms);
  }
  return parts;
}

CrashPlace PlaceOf(std::int64_t key) { return {key >> kRowBits, key & ((std::int64_t{1} << kRowBits) - 1)}; }

std::vector<CrashPart> PartsWithRows(std::span<const CrashPart> parts, std::span<const std::int64_t> keys) {
  std::map<std::int64_t, std::string> rows_of_part;
  for (const std::int64_t key : keys) {
    const CrashPlace place = PlaceOf(key);
    std::string& list = rows_of_part[place.part];
    list += (list.empty() ? "" : ", ") + std::to_string(place.row);
  }
  std::vector<CrashPart> found;
  for (const CrashPart& part : parts) {
    const auto named = rows_of_part.find(part.number);
    if (named == rows_of_part.end()) continue;
    found.push_back(part);
    found.back().rows = "rowid IN (" + named->second + ")";
  }
  return found;
}

std::string CrashSource(std::span<const CrashPart> parts, std::string_view statement) {
  std::string columns;
  std::string columns_without_threads;
  for (const DuckDbColumn& column : CrashColumns()) {
    if (!Reads(statement, column.name)) continue;
    columns += ", " + column.name;
    columns_without_threads +=
        ", " + (column.name == kThreads ? "CAST(NULL AS BIGINT[]) AS " + column.name : column.name);
  }
  const bool reads_key = Reads(statement, "key");
  std::string source;
  for (const CrashPart& part : parts) {
    source += source.empty() ? "(" : " UNION ALL ";
    source += "SELECT '" + std::string(CrashKindName(part.kind)) + "' AS kind" +
              (part.has_threads ? columns : columns_without_threads);
    if (reads_key) source += ", " + std::to_string(part.number << kRowBits) + " + rowid AS key";
    source += " FROM " + part.catalog + ".crashes";
    if (!part.rows.empty()) source += " WHERE " + part.rows;
  }
  return source + ") c";
}

}  // namespace cairn::search
