// Runs a search over files of an index.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/query.h"

namespace cairn::search {

// CrashIndex::Search over these files, with the dictionary of that catalog. Leaves the connection in a
// transaction, which ends with it.
base::Result<SearchResult> SearchFiles(DuckConnection& connection, const Query& query,
                                       const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files);

}  // namespace cairn::search
