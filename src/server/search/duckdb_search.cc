#include "server/search/duckdb_search.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/utf8.h"
#include "server/search/duckdb_collect.h"
#include "server/search/duckdb_facets.h"
#include "server/search/duckdb_found.h"
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

// The inputs whose signatures pass the statement, as a condition of crash rows c.
base::Result<std::string> CrashesOf(DuckConnection& connection, DuckDbFunctions& functions,
                                    const Statement& signatures, const std::string& dictionary,
                                    std::vector<DuckDbFunctions::Shared>& shared) {
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query("SELECT s.input_number FROM " + dictionary +
                                                       ".signatures s WHERE " + signatures.sql,
                                                   signatures.parameters));
  return "set_has(" + shared.emplace_back(functions.Share(rows.ReadNumbers())).name() + ", c.input_number)";
}

base::Status ReadHits(DuckConnection& connection, const Query& query, const CrashSelection& selection,
                      SearchResult& result) {
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

// Of the parts those that have any of the hits, each with the rows alone that may be hits, from what
// KeepFound kept; nothing if they are many.
base::Result<std::optional<std::vector<CrashPart>>> PartsOfHits(DuckConnection& connection,
                                                                const Query& query,
                                                                std::span<const CrashPart> parts) {
  std::string order;
  for (std::size_t i = 0; i < query.sort.size(); ++i) {
    order += SortName(i) + (query.sort[i].descending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
  }
  const std::size_t last = std::size_t{query.hits_offset} + query.hits_max + 1;
  // With those that share the last one's place: their ids, which decide, were not kept.
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query("SELECT key FROM " + std::string(kFound) +
                                                   " QUALIFY rank() OVER (ORDER BY " + order +
                                                   "date_ms DESC) <= " + std::to_string(last) + " LIMIT " +
                                                   std::to_string(kMaxNamedRows + 1)));
  std::vector<std::int64_t> keys;
  while (rows.Next()) keys.push_back(rows.Integer(0));
  if (keys.size() > kMaxNamedRows) return std::optional<std::vector<CrashPart>>();
  return std::optional(PartsWithRows(parts, keys));
}

// Those of these parts, whose rows passed the condition when they were found.
base::Status ReadHitsOf(std::span<const CrashPart> parts, DuckConnection& connection, const Query& query,
                        const CrashSelection& selection, SearchResult& result) {
  if (parts.empty()) return {};
  const Statement all{"true", {}};
  return ReadHits(connection, query,
                  {selection.dictionary, parts, all, selection.signatures, selection.functions}, result);
}

base::Status ReadHitsOfFound(DuckConnection& connection, const Query& query, const CrashSelection& selection,
                             SearchResult& result) {
  ASSIGN_OR_RETURN(const std::optional<std::vector<CrashPart>> parts,
                   PartsOfHits(connection, query, selection.parts));
  if (!parts) return ReadHits(connection, query, selection, result);
  return ReadHitsOf(*parts, connection, query, selection, result);
}

SearchResult ResultOf(Counts counts) {
  return {.total = counts.total,
          .estimate = counts.estimate,
          .hits = {},
          .next = {},
          .facets = std::move(counts.facets)};
}

base::Result<SearchResult> RunSearch(DuckConnection& connection, const Query& query,
                                     const CrashSelection& selection, bool keep_found) {
  if (!query.with_total) {
    SearchResult hits;
    RETURN_IF_ERROR(ReadHits(connection, query, selection, hits));
    return hits;
  }
  if (keep_found) {
    ASSIGN_OR_RETURN(std::optional<Collected> collected, CollectCrashes(connection, query, selection));
    if (collected) {
      SearchResult result = ResultOf(std::move(collected->counts));
      if (query.hits_max == 0) return result;
      RETURN_IF_ERROR(collected->hits ? ReadHitsOf(*collected->hits, connection, query, selection, result)
                                      : ReadHits(connection, query, selection, result));
      return result;
    }
    RETURN_IF_ERROR(KeepFound(connection, query, selection, true));
  }
  ASSIGN_OR_RETURN(Counts counts, CountCrashes(connection, query, selection, keep_found));
  SearchResult result = ResultOf(std::move(counts));
  if (query.hits_max == 0) return result;
  RETURN_IF_ERROR(keep_found && !query.after ? ReadHitsOfFound(connection, query, selection, result)
                                             : ReadHits(connection, query, selection, result));
  return result;
}

}  // namespace

base::Result<PreparedSearch> PrepareSearch(DuckConnection& connection, DuckDbFunctions& functions,
                                           const Query& query, const std::string& dictionary,
                                           std::span<const DuckDbCrashes::File> files) {
  RETURN_IF_ERROR(CheckAggregations(query));
  ASSIGN_OR_RETURN(Conditions conditions, MakeConditions(query));
  RETURN_IF_ERROR(CheckTexts(query, connection));
  PreparedSearch prepared{PartsWithin(files, query.window), std::move(conditions.crashes), false, {}};
  const auto require = [&](const std::string& condition) {
    if (!prepared.condition.sql.empty()) prepared.condition.sql += " AND ";
    prepared.condition.sql += condition;
  };
  RETURN_IF_ERROR(connection.Execute("BEGIN TRANSACTION"));
  prepared.shared.push_back(functions.ShareSignatures());
  if (!conditions.inputs.sql.empty()) {
    ASSIGN_OR_RETURN(const std::string condition,
                     CrashesOf(connection, functions, conditions.inputs, dictionary, prepared.shared));
    require(condition);
  }
  ASSIGN_OR_RETURN(StackMatches stacks, FindStacks(connection, functions, query, dictionary));
  prepared.has_stacks = !stacks.condition.empty();
  if (prepared.has_stacks) require(stacks.condition);
  if (prepared.condition.sql.empty()) prepared.condition.sql = "true";
  for (DuckDbFunctions::Shared& set : stacks.sets) prepared.shared.push_back(std::move(set));
  return prepared;
}

CrashSelection SelectionOf(const PreparedSearch& prepared, DuckDbFunctions& functions,
                           const std::string& dictionary) {
  return {dictionary, prepared.parts, prepared.condition, prepared.shared.front().name(), functions};
}

base::Result<SearchResult> SearchFiles(DuckConnection& connection, DuckDbFunctions& functions,
                                       const Query& query, const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files) {
  ASSIGN_OR_RETURN(const PreparedSearch prepared,
                   PrepareSearch(connection, functions, query, dictionary, files));
  if (prepared.parts.empty()) {
    SearchResult nothing;
    for (const Aggregation& facet : query.facets) nothing.facets.push_back(EmptyFacet(facet));
    return nothing;
  }
  return RunSearch(connection, query, SelectionOf(prepared, functions, dictionary), prepared.has_stacks);
}

}  // namespace cairn::search
