// Counts the crashes that a search finds by the values of their fields, to any depth.
#pragma once

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/duckdb_tallies.h"
#include "server/search/query.h"

namespace cairn::search {

// The query's facets, and how many crashes there are in all; of what KeepFound kept if that was called. May
// leave temporary tables on the connection.
base::Result<Counts> CountCrashes(DuckConnection& connection, const Query& query,
                                  const CrashSelection& selection, bool has_found);

// kBadValue if an aggregation does not fit its field or is too deep.
base::Status CheckAggregations(const Query& query);

}  // namespace cairn::search
