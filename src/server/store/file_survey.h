// What can be said of the embedded stores' SQLite files by a process that does not own them: `cairn doctor`.
//
// Nothing is changed, and a server may run meanwhile. A file that is not there is kNotFound and is not made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cairn::store {

// "ok", or the first thing that is wrong with the file, in SQLite's words. Reads all of it.
base::Result<std::string> QuickCheck(const std::string& path);

// Items of a queue's file that were set aside, by kind and reason, the most frequent first.
struct SetAsideCount {
  std::string kind;
  std::string reason;
  std::int64_t count = 0;
};
base::Result<std::vector<SetAsideCount>> CountSetAside(const std::string& path);

// Those that are still to be done.
base::Result<std::int64_t> CountToDo(const std::string& path);

}  // namespace cairn::store
