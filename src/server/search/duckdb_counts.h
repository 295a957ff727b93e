// Counts stacks and modules of the crashes that a search finds.
#pragma once

#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/stack_counts.h"

namespace cairn::search {

// CrashIndex::CountStacks and CountModules of the crashes of a selection.
base::Result<StackCounts> CountStacksOf(DuckConnection& connection, const CrashSelection& selection,
                                        ThreadScope scope, std::size_t stacks_max);
base::Result<std::vector<ModuleCount>> CountModulesOf(DuckConnection& connection,
                                                      const CrashSelection& selection);

}  // namespace cairn::search
