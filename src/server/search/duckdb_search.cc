#include "server/search/duckdb_search.h"

#include <utility>
#include <variant>
#include <vector>

#include "base/utf8.h"
#include "server/search/duckdb_sql.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

base::Status CheckText(const Query& query) {
  for (const Clause& clause : query.clauses) {
    for (const Test& test : clause.tests) {
      const auto* const text = std::get_if<std::string>(&test.operand);
      if (text != nullptr && !base::IsUtf8(*text)) return Error{Code::kBadValue, 0, "a value is not UTF-8"};
    }
  }
  return {};
}

// Finds out alone whether each regular expression is valid: within a search, the failure of one is a failure
// of all.
base::Status CheckRegexes(const Query& query, DuckConnection& connection) {
  for (const Clause& clause : query.clauses) {
    for (const Test& test : clause.tests) {
      if (test.op != Operator::kRegex) continue;
      if (!connection.Query("SELECT regexp_full_match('', ?)", std::span(&test.operand, 1))) {
        return Error{Code::kBadValue, 0, "not a regular expression that RE2 accepts"};
      }
    }
  }
  return {};
}

base::Result<std::vector<std::vector<Value>>> AllRows(DuckConnection& connection, const Statement& statement,
                                                      std::size_t columns) {
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query(statement.sql, statement.parameters));
  std::vector<std::vector<Value>> values;
  while (rows.Next()) {
    std::vector<Value>& row = values.emplace_back();
    for (std::size_t column = 0; column < columns; ++column) row.push_back(rows.At(column));
  }
  return values;
}

base::Result<SearchResult> RunSearch(DuckConnection& connection, const Query& query,
                                     const SearchStatements& statements) {
  SearchResult result;
  ASSIGN_OR_RETURN(DuckRows total, connection.Query(statements.total.sql, statements.total.parameters));
  if (total.Next()) result.total = static_cast<std::uint64_t>(total.Integer(0));
  if (query.hits_max > 0) {
    ASSIGN_OR_RETURN(result.hits, AllRows(connection, statements.hits, query.columns.size()));
  }
  for (std::size_t i = 0; i < query.facets.size(); ++i) {
    Facet& facet = result.facets.emplace_back();
    facet.field = query.facets[i];
    ASSIGN_OR_RETURN(std::vector<std::vector<Value>> rows, AllRows(connection, statements.facets[i], 2));
    for (std::vector<Value>& row : rows) {
      facet.terms.push_back({std::move(row[0]), static_cast<std::uint64_t>(std::get<std::int64_t>(row[1]))});
    }
  }
  return result;
}

}  // namespace

base::Result<SearchResult> SearchFiles(DuckConnection& connection, const Query& query,
                                       const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files) {
  RETURN_IF_ERROR(CheckText(query));
  ASSIGN_OR_RETURN(const SearchStatements statements, MakeSearchStatements(query, dictionary, files));
  RETURN_IF_ERROR(CheckRegexes(query, connection));
  if (files.empty()) {
    SearchResult nothing;
    for (const FieldId field : query.facets) nothing.facets.push_back({field, {}});
    return nothing;
  }
  // One transaction: total, hits and facets speak of the same crashes.
  RETURN_IF_ERROR(connection.Execute("BEGIN TRANSACTION READ ONLY"));
  return RunSearch(connection, query, statements);
}

}  // namespace cairn::search
