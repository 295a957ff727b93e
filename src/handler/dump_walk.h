// Walks a dump on the machine that made it: with the unwind tables of the modules' own files, without
// symbols.
#pragma once

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/crash_report.h"

namespace cairn::handler {

// The crashing thread's frames and the report's facts. A module's file is used only if its build id is that
// of the module: it may have been replaced since the process began.
base::Result<model::CrashReport> WalkDump(base::Bytes dump);

}  // namespace cairn::handler
