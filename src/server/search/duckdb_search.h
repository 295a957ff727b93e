// Runs a search over files of an index.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_functions.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"

namespace cairn::search {

// What a search reads.
struct PreparedSearch {
  std::vector<CrashPart> parts;  // Empty: it finds nothing.
  Statement condition;           // Of crash rows c.
  bool has_stacks = false;       // The condition asks for stacks: few crashes pass it.
  // What the condition, and signature_number, name.
  std::vector<DuckDbFunctions::Shared> shared;
};

// kBadValue with a sentence if the query cannot be run. Begins a transaction, in which all that is asked of
// the connection speaks of the same crashes, and which ends with the connection. Of crashes that come while
// it prepares, the search may find a part.
base::Result<PreparedSearch> PrepareSearch(DuckConnection& connection, DuckDbFunctions& functions,
                                           const Query& query, const std::string& dictionary,
                                           std::span<const DuckDbCrashes::File> files);

CrashSelection SelectionOf(const PreparedSearch& prepared, DuckDbFunctions& functions,
                           const std::string& dictionary);

// CrashIndex::Search over these files, with the dictionary of that catalog.
base::Result<SearchResult> SearchFiles(DuckConnection& connection, DuckDbFunctions& functions,
                                       const Query& query, const std::string& dictionary,
                                       std::span<const DuckDbCrashes::File> files);

}  // namespace cairn::search
