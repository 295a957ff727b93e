// The statements by which a search reads crashes, in DuckDB's SQL.
#pragma once

#include <span>
#include <string>
#include <string_view>
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

// What is read of the selected crashes: expressions over c, and over s with `with_signatures`,
// comma-separated; and what stands behind the condition.
struct CrashExpressions {
  std::string expressions;
  bool with_signatures = false;
  Statement behind = {};
};
Statement SelectCrashes(const CrashExpressions& what, const CrashSelection& selection);

// The crashes of `files` under the name c, with those columns that `statement` reads: it names them as
// "c.column". Each column of each file costs the engine some microseconds, whether it is read or not.
std::string CrashSource(std::span<const DuckDbCrashes::File> files, std::string_view statement);

}  // namespace cairn::search
