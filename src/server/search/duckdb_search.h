// Runs a search over files of an index.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"

namespace cairn::search {

// What a search reads.
struct PreparedSearch {
  std::vector<CrashPart> parts;  // Empty: it finds nothing.
  Condition condition;
};

// Of a query that was checked. Begins a transaction, in which all that is asked of the connection speaks of
// the same crashes, and which ends with the connection.
base::Result<PreparedSearch> PrepareSearch(DuckConnection& connection, const Query& query,
                                           const std::string& dictionary,
                                           std::span<const DuckDbCrashes::File> files);

// Whether the query can be run: kBadValue with a sentence if not.
base::Status CheckQuery(const Query& query, DuckConnection& connection);

// CrashIndex::Search over these files, with the dictionary of that catalog.
base::Result<SearchResult> SearchFiles(DuckConnection& connection, const Query& query,
                                       const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files);

}  // namespace cairn::search
