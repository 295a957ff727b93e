// What this process takes of the machine, and what the machine has left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace cairn::os {

struct DiskSpace {
  std::uint64_t free_bytes = 0;  // That this process may use.
  std::uint64_t size_bytes = 0;
  std::uint64_t free_files = 0;  // How many more there may be.
};
// Of the file system on which `path` lies.
base::Result<DiskSpace> InspectDisk(const std::string& path);

struct ProcessUse {
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;
  double cpu_seconds = 0;  // Of all threads, in the kernel as well.
};
// Nothing where /proc is not to be read.
std::optional<ProcessUse> InspectOwnUse();

}  // namespace cairn::os
