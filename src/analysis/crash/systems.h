// The readers of each operating system's exceptions; ReadReason chooses.
#pragma once

#include <string>

#include "analysis/crash/reason.h"

namespace cairn::crash {

Reason ReadLinuxReason(model::Cpu cpu, const ExceptionNumbers& exception);
Reason ReadWindowsReason(const ExceptionNumbers& exception);
Reason ReadMacReason(model::Cpu cpu, const ExceptionNumbers& exception);
Reason ReadOtherReason(model::Os os, const ExceptionNumbers& exception);

// What stands behind "EXC_RESOURCE / " and "EXC_GUARD / "; empty for a type that is not known.
std::string MacResourceText(const ExceptionNumbers& exception);
std::string MacGuardText(const ExceptionNumbers& exception);

}  // namespace cairn::crash
