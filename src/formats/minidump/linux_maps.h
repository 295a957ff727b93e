// LinuxMaps stream: the text of /proc/PID/maps.
#pragma once

#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// In the text's order, which is by address. Lines that are not mappings are left out and noted.
std::vector<model::MemoryMapping> ReadLinuxMaps(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
