// A search that few crashes pass, as those for stacks: its crashes are collected in one pass, and counted,
// sorted and named from memory.
#pragma once

#include <optional>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_facets.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"

namespace cairn::search {

struct Collected {
  Counts counts;
  // Of the parts those that have any of the hits, each with the rows alone that may be hits: with all that
  // share the last one's date, because ids decide there. Nothing if these are too many to be named.
  std::optional<std::vector<CrashPart>> hits;
};

// Nothing if this query cannot be answered so, or if its crashes are too many for it.
base::Result<std::optional<Collected>> CollectCrashes(DuckConnection& connection, const Query& query,
                                                      const CrashSelection& selection);

}  // namespace cairn::search
