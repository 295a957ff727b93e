// Counts the crashes that a search finds by the values of their fields, to any depth.
#pragma once

#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"

namespace cairn::search {

// The query's facets. May leave temporary tables on the connection. kBadValue if an aggregation does not fit
// its field.
base::Result<std::vector<Facet>> ReadFacets(DuckConnection& connection, const Query& query,
                                            const CrashSelection& selection);

// Whether they fit their fields and are not too deep.
base::Status CheckAggregations(const Query& query);

}  // namespace cairn::search
