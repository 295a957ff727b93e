// UnloadedModuleList stream: what was code before the crash.
#pragma once

#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// In the dump's order. An entry that is empty or wraps is left out; one without a readable name stays.
std::vector<model::UnloadedModule> ReadUnloadedModules(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
