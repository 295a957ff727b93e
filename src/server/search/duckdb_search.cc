#include "server/search/duckdb_search.h"

#include <utility>
#include <variant>
#include <vector>

#include "base/utf8.h"
#include "server/search/duckdb_facets.h"
#include "server/search/duckdb_sql.h"
#include "server/search/duckdb_stacks.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

// Every text of a query that is bound to a statement.
template <typename Visit>
base::Status VisitTexts(const Query& query, const Visit& visit) {
  for (const Clause& clause : query.clauses) {
    for (const Test& test : clause.tests) {
      const auto* const text = std::get_if<std::string>(&test.operand);
      if (text != nullptr) RETURN_IF_ERROR(visit(*text, test.op == Operator::kRegex));
    }
  }
  for (const StackClause& clause : query.stacks) {
    for (const StackStep& step : clause.steps) {
      for (const FrameTest& test : step.tests) {
        RETURN_IF_ERROR(visit(test.text, test.op == FrameOperator::kRegex));
      }
    }
  }
  return {};
}

// Whether the texts are UTF-8; and, alone, whether each regular expression is valid: within a search, the
// failure of one is a failure of all.
base::Status CheckTexts(const Query& query, DuckConnection& connection) {
  return VisitTexts(query, [&](const std::string& text, bool is_regex) -> base::Status {
    if (!base::IsUtf8(text)) return Error{Code::kBadValue, 0, "a value is not UTF-8"};
    const Value operand = text;
    if (is_regex && !connection.Query("SELECT regexp_full_match('', ?)", std::span(&operand, 1)))
      return Error{Code::kBadValue, 0, "not a regular expression that RE2 accepts"};
    return {};
  });
}

base::Status ReadTotal(DuckConnection& connection, const Query& query, const CrashSelection& selection,
                       SearchResult& result) {
  const Statement statement = TotalStatement(query, selection);
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query(statement.sql, statement.parameters));
  if (!rows.Next()) return {};
  result.total = static_cast<std::uint64_t>(rows.Integer(0));
  if (query.with_estimates) result.estimate = {rows.Number(1), rows.Number(2)};
  return {};
}

base::Status ReadHits(DuckConnection& connection, const Query& query, const CrashSelection& selection,
                      SearchResult& result) {
  if (query.hits_max == 0) return {};
  const Statement statement = HitsStatement(query, selection);
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query(statement.sql, statement.parameters));
  std::optional<HitPosition> last;
  while (rows.Next()) {
    if (result.hits.size() == query.hits_max) {
      result.next = std::move(last);
      break;
    }
    std::size_t column = 0;
    std::vector<Value>& hit = result.hits.emplace_back();
    for (; column < query.columns.size(); ++column) hit.push_back(rows.At(column));
    last.emplace();
    for (const std::size_t end = column + query.sort.size(); column < end; ++column) {
      last->sort_values.push_back(rows.At(column));
    }
    last->date_ms = rows.Integer(column);
    last->uuid = rows.Text(column + 1);
    const bool is_ping = rows.Text(column + 2) == CrashKindName(CrashKind::kPing);
    last->kind = is_ping ? CrashKind::kPing : CrashKind::kReport;
  }
  return {};
}

base::Result<SearchResult> RunSearch(DuckConnection& connection, const Query& query,
                                     const CrashSelection& selection) {
  SearchResult result;
  RETURN_IF_ERROR(ReadTotal(connection, query, selection, result));
  RETURN_IF_ERROR(ReadHits(connection, query, selection, result));
  ASSIGN_OR_RETURN(result.facets, ReadFacets(connection, query, selection));
  return result;
}

}  // namespace

base::Status CheckQuery(const Query& query, DuckConnection& connection) {
  RETURN_IF_ERROR(CheckAggregations(query));
  ASSIGN_OR_RETURN(const Condition condition, MakeCondition(query));
  return CheckTexts(query, connection);
}

base::Result<Condition> PrepareSearch(DuckConnection& connection, const Query& query,
                                      const std::string& dictionary,
                                      std::span<const DuckDbCrashes::File> files) {
  ASSIGN_OR_RETURN(Condition condition, MakeCondition(query));
  RETURN_IF_ERROR(connection.Execute("BEGIN TRANSACTION"));
  ASSIGN_OR_RETURN(const std::string stacks,
                   FindStacks(connection, query, {dictionary, files, query.window}));
  if (!stacks.empty()) condition.statement.sql += " AND " + stacks;
  return condition;
}

base::Result<SearchResult> SearchFiles(DuckConnection& connection, const Query& query,
                                       const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files) {
  RETURN_IF_ERROR(CheckQuery(query, connection));
  if (files.empty()) {
    SearchResult nothing;
    for (const Aggregation& facet : query.facets) nothing.facets.push_back(EmptyFacet(facet));
    return nothing;
  }
  ASSIGN_OR_RETURN(const Condition condition, PrepareSearch(connection, query, dictionary, files));
  return RunSearch(connection, query, {dictionary, files, condition});
}

}  // namespace cairn::search
