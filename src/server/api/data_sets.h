// Data sets: the crashes of a day as a file with a schema that is written down, for those who keep tables of
// their own. They are named and shaped after those that Socorro and Mozilla's telemetry have published.
//
//   socorro_crash   one row per processed report
//   crash_summary   one row per crash ping; needs view_pings
//
// Their columns are the fields of searches, so that nothing protected is in them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "server/api/api.h"
#include "server/api/hits_file.h"
#include "server/search/crash_row.h"

namespace cairn::api {

struct DataSet {
  std::string_view name;
  std::string_view description;
  search::CrashKind kind;
};

std::span<const DataSet> DataSets();
// In the order in which a row has them.
std::vector<FileColumn> ColumnsOf(const DataSet& set);
// What docs/DATA_SETS.md says of the type; the types of Parquet are those of search/parquet_file.h.
std::string_view TypeNameOf(const FileColumn& column);

// GET /api/DataSets/          which there are, and their columns
http::Response ListDataSets(const ApiParts& parts, const http::Request& request);

// GET /api/DataSets/{name}/   date=2026-11-22 (UTC), _format, _cursor, and any filter of SuperSearch
http::Response SendDataSet(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
