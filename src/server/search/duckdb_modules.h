// What the dictionary has of one build of a module: its addresses, and the inputs on whose stacks it is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_files.h"
#include "server/search/stored_input.h"

namespace cairn::search {

// CrashIndex::AddressesOf and InputsOf; texts are UTF-8.
base::Result<std::vector<StackFrame>> AddressesIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                                  const AddressQuestion& question);
base::Result<std::vector<std::int64_t>> InputsIn(DuckConnection& connection, const DuckDbFile& dictionary,
                                                 std::string_view debug_id);

}  // namespace cairn::search
