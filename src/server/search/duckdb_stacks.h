// Finds the stacks that a query asks for, and the crashes that have them: the dictionary of frames first,
// then postings, then stacks where their order matters, then crashes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/query.h"

namespace cairn::search {

// Where stacks are looked for.
struct StackSources {
  const std::string& dictionary;  // Its catalog.
  std::span<const DuckDbCrashes::File> files;
  DateWindow window;
};

// What the query's stack clauses, and those of missing_debug_id, ask of crash rows c, as a condition without
// parameters; empty if there are none. It reads temporary tables of this connection, which stay. kBadValue if
// a clause makes no sense.
base::Result<std::string> FindStacks(DuckConnection& connection, const Query& query,
                                     const StackSources& sources);

}  // namespace cairn::search
