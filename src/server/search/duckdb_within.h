// Facets within signatures: what a ranking of crashes asks.
#pragma once

#include <optional>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/duckdb_tallies.h"
#include "server/search/query.h"

namespace cairn::search {

// If the only facet is one of signatures: first which of them have a place in the answer, then all that is
// asked within those, of their crashes alone and in one pass. Nothing if this query cannot be answered so.
base::Result<std::optional<Counts>> CountWithinSignatures(DuckConnection& connection, const Query& query,
                                                          const CrashSelection& selection);

}  // namespace cairn::search
