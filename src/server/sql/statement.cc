#include "server/sql/statement.h"

#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "server/search/duckdb_select.h"

namespace cairn::sql {
namespace {

using search::DuckRows;
using search::QuoteSql;
using search::SelectColumn;
using search::Value;
using Columns = std::vector<SelectColumn>;

Refusal Refuse(std::string_view sentence) {
  std::string text = base::ToValidUtf8(sentence.substr(0, kMaxSentenceBytes - 8));
  return {std::move(text)};
}

// What cannot stand in the parentheses of another statement: the semicolon behind it, and blanks.
std::string_view WithoutEnd(std::string_view statement) {
  const std::size_t last = statement.find_last_not_of("; \t\r\n");
  return statement.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// The statement is whole, as Inspect found, so that it stays one within parentheses.
std::string Limited(std::string_view statement, const Columns& columns, std::uint64_t rows) {
  std::string expressions;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    expressions += (i == 0 ? "" : ", ") + std::string(columns[i].begin) + "#" + std::to_string(i + 1) +
                   std::string(columns[i].end);
  }
  return "SELECT " + expressions + " FROM (\n" + std::string(statement) + "\n) LIMIT " +
         std::to_string(rows + 1);
}

void WriteColumns(const Columns& columns, base::JsonWriter& json) {
  json.BeginArray();
  for (const SelectColumn& column : columns) {
    json.BeginObject();
    json.TextField("name", column.name);
    json.TextField("type", column.type);
    json.EndObject();
  }
  json.EndArray();
}

void WriteCell(const SelectColumn& column, const Value& value, base::JsonWriter& json) {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    json.String(*text);
  } else if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    if (column.type == "boolean") {
      json.Bool(*number != 0);
    } else {
      json.Number(*number);
    }
  } else if (const auto* const fraction = std::get_if<double>(&value)) {
    json.Double(*fraction);
  } else {
    json.Null();
  }
}

}  // namespace

base::Result<SqlEngine> SqlEngine::Open(const std::string& reports, const std::string& pings,
                                        const StatementLimits& limits) {
  auto message = std::make_unique<std::string>();
  ASSIGN_OR_RETURN(
      search::DuckDatabase database,
      search::DuckDatabase::Open(
          "", {.memory_limit_mb = limits.memory_mb, .threads = 1, .has_background_thread = false},
          [to = message.get()](std::string_view text) { *to = text; }));
  ASSIGN_OR_RETURN(search::DuckConnection connection, database.Connect());
  RETURN_IF_ERROR(connection.Execute("ATTACH " + QuoteSql(reports) +
                                     " AS reports_copy (READ_ONLY); CREATE VIEW crashes AS FROM "
                                     "reports_copy.crashes; CREATE VIEW frames AS FROM reports_copy.frames"));
  if (!pings.empty()) {
    RETURN_IF_ERROR(
        connection.Execute("ATTACH " + QuoteSql(pings) +
                           " AS pings_copy (READ_ONLY); CREATE VIEW pings AS FROM "
                           "pings_copy.crashes; CREATE VIEW ping_frames AS FROM pings_copy.frames"));
  }
  // Rows in the order of the statement. What is too large for the memory has no answer.
  RETURN_IF_ERROR(connection.Execute(
      "SET TimeZone = 'UTC'; SET preserve_insertion_order = true; SET temp_directory = ''; "
      "SET enable_external_access = false; SET lock_configuration = true"));
  return SqlEngine(std::move(database), std::move(connection), limits, std::move(message));
}

Refusal SqlEngine::FromEngine() const {
  return Refuse(message_->empty() ? "The statement could not be run" : *message_);
}

std::variant<std::string, Refusal> SqlEngine::Run(std::string_view statement) {
  statement = WithoutEnd(statement);
  if (statement.empty() || statement.find('\0') != std::string_view::npos || !base::IsUtf8(statement))
    return Refuse("The statement is empty or no text");
  const auto inspected = search::InspectSelect(connection_, std::string(statement));
  if (const auto* const sentence = std::get_if<std::string>(&inspected)) return Refuse(*sentence);
  const auto& columns = std::get<Columns>(inspected);
  base::Result<DuckRows> rows = connection_.Query(Limited(statement, columns, limits_.rows));
  if (!rows) return FromEngine();
  base::JsonWriter json;
  json.BeginObject();
  json.Key("columns");
  WriteColumns(columns, json);
  std::string text = json.Take() + ",\"rows\":[";
  std::string_view cut;
  for (std::uint64_t count = 0; rows->Next(); ++count) {
    base::JsonWriter row;
    row.BeginArray();
    for (std::size_t i = 0; i < columns.size(); ++i) WriteCell(columns[i], rows->At(i), row);
    row.EndArray();
    if (count == limits_.rows) cut = "rows";
    if (text.size() + row.text().size() > limits_.bytes) cut = "bytes";
    if (!cut.empty()) break;
    text += (count == 0 ? "\n" : ",\n") + row.text();
  }
  text += "\n]";
  if (!cut.empty()) text += ",\"cut\":\"" + std::string(cut) + "\"";
  return text + "}\n";
}

}  // namespace cairn::sql
