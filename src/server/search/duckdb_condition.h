// Turns the filters of a Query into a condition of DuckDB's SQL. Values are bound, never written into the
// text; names in the text are ours.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/query.h"

namespace cairn::search {

struct Statement {
  std::string sql;
  std::vector<Value> parameters;  // For its question marks, in order.
};

// What the clauses of a query ask for; not its window (PartsWithin) nor those of missing_debug_id, which are
// conditions of stacks (duckdb_stacks.h).
struct Conditions {
  Statement crashes;  // Of crash rows c: all clauses that can be told from a row.
  Statement inputs;   // Of signatures s: the others. Empty, here and above: there are none.
};

// kBadValue if a test does not fit its field.
base::Result<Conditions> MakeConditions(const Query& query);

// Any of a field's tests of a text, over that column.
base::Result<Statement> TextCondition(FieldId field, std::string_view column, const Test& test);

// That a hit comes behind that position in the query's order.
Statement BehindPosition(std::span<const Sort> sort, const HitPosition& position);

}  // namespace cairn::search
