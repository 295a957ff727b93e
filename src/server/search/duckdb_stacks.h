// Finds the stacks that a query asks for, and the crashes that have them: the dictionary of frames first,
// then postings, then stacks where their order matters, then crashes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"

namespace cairn::search {

// Where stacks are looked for.
struct StackSources {
  const std::string& dictionary;  // Its catalog.
  std::span<const CrashPart> parts;
  DateWindow window;
};

// Which crashes the query's stack clauses, and those of missing_debug_id, ask for.
struct StackMatches {
  bool has_clauses = false;
  // If there are clauses: a condition of crash rows c without parameters, over temporary tables of this
  // connection, which stay.
  std::string condition;
  // In its place, if they are few: the parts that have any, each with those rows alone.
  std::optional<std::vector<CrashPart>> parts;
};

// kBadValue if a clause makes no sense.
base::Result<StackMatches> FindStacks(DuckConnection& connection, const Query& query,
                                      const StackSources& sources);

}  // namespace cairn::search
