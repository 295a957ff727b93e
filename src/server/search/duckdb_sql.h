// Turns a Query into DuckDB's SQL. Values are bound, never written into the text; names in the text are ours.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/query.h"

namespace cairn::search {

struct Statement {
  std::string sql;
  std::vector<Value> parameters;  // For its question marks, in order.
};

struct SearchStatements {
  Statement total;                // One row: the count.
  Statement hits;                 // The columns of the query.
  std::vector<Statement> facets;  // Term and count, one statement per facet of the query.
};

// `dictionary` is its catalog. To be run only if `files` is not empty. kBadValue if a test does not fit its
// field.
base::Result<SearchStatements> MakeSearchStatements(const Query& query, const std::string& dictionary,
                                                    std::span<const DuckDbCrashes::File> files);

// The crashes of `files` under the name c: kind and all columns.
std::string CrashSource(std::span<const DuckDbCrashes::File> files);

}  // namespace cairn::search
