// RenderMachine writes a CrashReport in the lines of Breakpad's `minidump_stackwalk -m`, for the scripts that
// read them: fields divided by "|", the system first, then the modules, then after an empty line the frames
// of the crashing thread and of all others.
#pragma once

#include <string>

#include "model/crash_report.h"

namespace cairn::report {

// A "|" or a line break inside a name is left out. Threads that the dump's writer was are not told apart:
// they have no frames and so no lines.
std::string RenderMachine(const model::CrashReport& report);

}  // namespace cairn::report
