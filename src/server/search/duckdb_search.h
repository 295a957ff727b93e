// Runs a search over files of an index.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "server/search/duckdb_condition.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/query.h"

namespace cairn::search {

// The condition of a query that was checked. Begins a transaction, in which all that is asked of the
// connection speaks of the same crashes, and which ends with the connection. `files` is not empty.
base::Result<Condition> PrepareSearch(DuckConnection& connection, const Query& query,
                                      const std::string& dictionary,
                                      std::span<const DuckDbCrashes::File> files);

// Whether the query can be run: kBadValue with a sentence if not.
base::Status CheckQuery(const Query& query, DuckConnection& connection);

// CrashIndex::Search over these files, with the dictionary of that catalog.
base::Result<SearchResult> SearchFiles(DuckConnection& connection, const Query& query,
                                       const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files);

}  // namespace cairn::search
