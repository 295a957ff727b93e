// Writes a minidump of a process snapshot.
//
// Streams: SystemInfo, MiscInfo, ThreadList, ThreadNames, ModuleList, MemoryList, Exception, LinuxMaps,
// CrashpadInfo, and MemoryInfoList, which says what LinuxMaps says to readers that do not know that one.
// There is no environment and no command line, on purpose. Layouts and their sources are in wire/minidump.h.
#pragma once

#include <cstddef>
#include <vector>

#include "handler/process_snapshot.h"

namespace cairn::handler {

std::vector<std::byte> WriteMinidump(const ProcessSnapshot& snapshot);

}  // namespace cairn::handler
