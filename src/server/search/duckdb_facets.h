// Counts the crashes that a search finds by the values of their fields, to any depth.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"
#include "server/search/tally.h"

namespace cairn::search {

struct Counts {
  std::uint64_t total = 0;
  Estimate estimate;  // If the query asks for it.
  std::vector<Facet> facets;
};

// The query's facets, and how many crashes there are in all; of what KeepFound kept if that was called. May
// leave temporary tables on the connection.
base::Result<Counts> CountCrashes(DuckConnection& connection, const Query& query,
                                  const CrashSelection& selection, bool has_found);

// The query's facets, and how many crashes there are in all, of what tallies counted: one for each of
// TallyPathsOf, in their order. Without facets there is no total. Nothing if one of them is broken.
base::Result<std::optional<Counts>> CountsOfTallies(DuckConnection& connection, const Query& query,
                                                    const CrashSelection& selection,
                                                    std::span<const std::unique_ptr<Tally>> tallies);

// kBadValue if an aggregation does not fit its field or is too deep.
base::Status CheckAggregations(const Query& query);

}  // namespace cairn::search
