// The statements by which a search reads crashes, in DuckDB's SQL.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/search/duckdb_condition.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/query.h"

namespace cairn::search {

// What a search reads, and which of it.
struct CrashSelection {
  const std::string& dictionary;               // Its catalog.
  std::span<const DuckDbCrashes::File> files;  // Not empty.
  const Condition& condition;
};

// One row: how many there are, and the sums of an Estimate if the query asks for them.
Statement TotalStatement(const Query& query, const CrashSelection& selection);

// The columns of the query, then those of a HitPosition; at most one row more than it asks for.
Statement HitsStatement(const Query& query, const CrashSelection& selection);

// These expressions of the selected crashes (of c, and of s with `with_signatures`), comma-separated.
Statement SelectCrashes(const std::string& expressions, bool with_signatures,
                        const CrashSelection& selection);

// The crashes of `files` under the name c: kind and all columns.
std::string CrashSource(std::span<const DuckDbCrashes::File> files);

}  // namespace cairn::search
