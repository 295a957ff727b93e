// What retention, purges and sweeps leave out of the index's files. Run by the writer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/duckdb_files.h"
#include "server/search/retention.h"

namespace cairn::search {

// Appends crashes of a file that are to go, those behind `after`, until there are `crashes_max`.
base::Status FindExpiredCrashes(DuckConnection& reader, const DuckDbCrashes::File& file,
                                std::span<const RetentionRule> rules, const ExpiredCrash& after,
                                std::size_t crashes_max, std::vector<ExpiredCrash>& found);

// Removes the crashes of a file that are to go: the file, where it is whole weeks or nothing stays; else
// a copy without them takes its place. Returns how many they were.
base::Result<std::uint64_t> ExpireCrashes(DuckDbCrashes& crashes, const DuckDbCrashes::File& file,
                                          std::span<const RetentionRule> rules);

// Likewise those with one of these ids.
base::Result<std::uint64_t> RemoveCrashes(DuckDbCrashes& crashes, const DuckDbCrashes::File& file,
                                          const std::string& comma_separated_uuids);

// Puts a dictionary with only what the crashes of `crash_files` refer to in the place of `dictionary`, or
// returns that one if it holds nothing else.
base::Result<DuckDbFileRef> SweepDictionary(DuckDbFiles& files, DuckConnection& connection,
                                            DuckDbFileRef dictionary,
                                            std::span<const DuckDbCrashes::File> crash_files);

}  // namespace cairn::search
