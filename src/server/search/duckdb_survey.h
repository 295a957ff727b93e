// What can be said of the index's files without opening the index, which would bring old ones up to date:
// for `cairn doctor`, while no server has them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cairn::search {

struct IndexFile {
  std::string path;  // Below the index's folder: "weeks/report-2026-11-16.duckdb".
  std::int64_t schema_version = 0;
  base::Status status;  // Of an older version there is none; kUnsupported: it is of a newer one.
};

// Every DuckDB file of the folder. They are opened for reading, one after the other.
base::Result<std::vector<IndexFile>> SurveyIndexFiles(const std::string& folder);

}  // namespace cairn::search
