// HandleData stream: the open handles of Windows, and the file descriptors that Mozilla's writer lists on
// Linux.
#pragma once

#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// In the dump's order. A name that cannot be read is left out, its handle stays.
std::vector<model::Handle> ReadHandles(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
