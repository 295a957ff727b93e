// Finds inputs that have the rarest frames of a signature's, from the dictionary's postings.
#pragma once

#include <string_view>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_files.h"
#include "server/search/stored_input.h"

namespace cairn::search {

// CrashIndex::FindAlike; the text is UTF-8. Leaves temporary tables in the connection, which go with it.
base::Result<AlikeInputs> FindAlikeIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                      std::string_view signature);

}  // namespace cairn::search
