// The files of DuckDB in a folder, for tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "os/file.h"

namespace cairn::search {

// Names in a folder, without the write-ahead logs of the files that are there; one whose file is gone is
// named.
inline std::vector<std::string> DuckDbFilesIn(const std::string& folder) {
  const std::vector<std::string> all = *os::ListDirectory(folder);
  std::vector<std::string> names;
  for (const std::string& name : all) {
    const bool is_log_of_a_file =
        name.ends_with(".wal") && std::ranges::find(all, name.substr(0, name.size() - 4)) != all.end();
    if (!is_log_of_a_file) names.push_back(name);
  }
  return names;
}

}  // namespace cairn::search
