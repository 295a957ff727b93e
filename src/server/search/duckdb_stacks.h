// Finds the stacks that a query asks for: the dictionary of frames first, then postings, then stacks where
// their order matters. What is found is a set of their numbers, which every crash's are looked up in.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_functions.h"
#include "server/search/query.h"

namespace cairn::search {

// Which crashes the query's stack clauses, and those of missing_debug_id, ask for.
struct StackMatches {
  // A condition of crash rows c without parameters; empty: there are no such clauses.
  std::string condition;
  std::vector<DuckDbFunctions::Shared> sets;  // What the condition names.
};

// In the dictionary of that catalog. May leave temporary tables on the connection. kBadValue if a clause
// makes no sense.
base::Result<StackMatches> FindStacks(DuckConnection& connection, DuckDbFunctions& functions,
                                      const Query& query, const std::string& dictionary);

}  // namespace cairn::search
