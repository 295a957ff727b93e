// SystemMemoryInfo stream: how much memory the whole system had left, which tells a crash for want of memory.
#pragma once

#include <optional>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"

namespace cairn::minidump {

// Nothing if the stream is missing. Fields that it is too short for, or that overflow, are nothing.
std::optional<model::SystemMemory> ReadSystemMemory(const Minidump& dump);

}  // namespace cairn::minidump
