// Counts stacks and modules of the crashes that a search finds, and finds out since when signatures are
// known.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_functions.h"
#include "server/search/duckdb_sql.h"
#include "server/search/stack_counts.h"

namespace cairn::search {

// CrashIndex::CountStacks, CountModules and FindFirstSeen of the crashes of a selection.
base::Result<StackCounts> CountStacksOf(DuckConnection& connection, const CrashSelection& selection,
                                        ThreadScope scope, std::size_t stacks_max);
base::Result<std::vector<ModuleCount>> CountModulesOf(DuckConnection& connection,
                                                      const CrashSelection& selection);
base::Result<std::vector<FirstSeen>> FindFirstSeenIn(DuckConnection& connection, DuckDbFunctions& functions,
                                                     const std::string& dictionary,
                                                     std::span<const DuckDbCrashes::File> files,
                                                     std::span<const std::string> signatures);

}  // namespace cairn::search
