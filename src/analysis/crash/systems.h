// The readers of each operating system's exceptions; ReadReason chooses.
#pragma once

#include "analysis/crash/reason.h"

namespace cairn::crash {

Reason ReadLinuxReason(const ExceptionNumbers& exception);
Reason ReadWindowsReason(const ExceptionNumbers& exception);
Reason ReadMacReason(model::Cpu cpu, const ExceptionNumbers& exception);

}  // namespace cairn::crash
