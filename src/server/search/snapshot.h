// A copy of what is public in the index, as a DuckDB file that a sandboxed process may be given.
//
//   crashes   one row per crash: every field of search::Fields() that may be shown, by its name, dates as
//             TIMESTAMP (UTC); `weight` (how many crashes it stands for) and `stack_id`
//   frames    the stacks of the crashing threads: stack_id, frame (0 is innermost), inline_depth (0 is the
//             innermost call inlined there), module, debug_id, module_offset, function, file, line
//
// Protected fields and client ids are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "os/file.h"
#include "server/search/crash_row.h"

namespace cairn::search {

struct SnapshotQuestion {
  CrashKind kind = CrashKind::kReport;
  std::int64_t from_ms = 0;     // Crashes that came since then.
  std::int64_t max_age_ms = 0;  // A copy that was made for an earlier question will do if it is no older.
};

struct Snapshot {
  os::FileDescriptor file;   // For reading; it has no name any more.
  std::int64_t made_ms = 0;  // Unix time.
};

struct SnapshotColumn {
  std::string name;
  std::string type;  // The engine's.
  std::string description;
};
struct SnapshotTable {
  std::string_view name;
  std::vector<SnapshotColumn> columns;
};

// What a file of any kind has.
std::vector<SnapshotTable> SnapshotTables();

}  // namespace cairn::search
