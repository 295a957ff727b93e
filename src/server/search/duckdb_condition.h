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

// A condition over crash rows c, and over s, the signatures of their inputs, if it needs them.
struct Condition {
  Statement statement;
  bool needs_signatures = false;
};

// That a crash lies in the window and all clauses hold, but for those of missing_debug_id, which are
// conditions of stacks (duckdb_stacks.h). kBadValue if a test does not fit its field.
base::Result<Condition> MakeCondition(const Query& query);

// Any of a field's tests of a text, over that column.
base::Result<Statement> TextCondition(FieldId field, std::string_view column, const Test& test);

// That a hit comes behind that position in the query's order.
Statement BehindPosition(std::span<const Sort> sort, const HitPosition& position);

}  // namespace cairn::search
