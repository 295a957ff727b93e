// What a search found, as a temporary table that its other statements read in place of the crashes.
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/query.h"

namespace cairn::search {

// The name of the table.
inline constexpr const char* kFound = "found";

// Its column of a field that facets count; signatures by their numbers. So are they called in other
// statements that select FacetColumns, too.
std::string FacetName(FieldId field);

// Its column of a field by which hits are sorted, the `place`-th of the query.
std::string SortName(std::size_t place);

// What facets need of each crash: FacetNames of the fields, and `weight` if the query asks for estimates.
CrashExpressions FacetColumns(const Query& query, const CrashSelection& selection);

// The fields of the query's facets.
std::set<FieldId> FacetFields(const Query& query);

// Makes the table, of facets' columns and, `with_places`, of what hits are found by: key (CrashSource),
// date_ms and the sort fields.
base::Status KeepFound(DuckConnection& connection, const Query& query, const CrashSelection& selection,
                       bool with_places);

}  // namespace cairn::search
