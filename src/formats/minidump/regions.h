// The process's address space: LinuxMaps, or MemoryInfoList of Windows.
#pragma once

#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// LinuxMaps if it names any mapping, else the committed regions of MemoryInfoList; sorted by start. A guard
// page of Windows is a region that nobody may touch.
std::vector<model::MemoryMapping> ReadRegions(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
