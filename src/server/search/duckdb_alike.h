// Finds inputs that have the rarest frames of a signature's, from the dictionary's postings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_files.h"
#include "server/search/stored_input.h"

namespace cairn::search {

// Which inputs count.
struct AlikeScope {
  std::string_view signature;  // UTF-8.
  // Sets of input numbers, of which one must have the input, by their names; absent: every input counts.
  std::optional<std::vector<std::string>> sets = {};
};

// CrashIndex::FindAlike. Leaves temporary tables in the connection, which go with it.
base::Result<AlikeInputs> FindAlikeIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                      const AlikeScope& scope);

}  // namespace cairn::search
