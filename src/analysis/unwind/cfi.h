// The caller by call frame information: unwind rows of the callee's module.
#pragma once

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// Failure of the CFA's or the return address's rule is no caller; another register whose rule fails is
// unknown in the caller. Callee-saved registers without a rule keep their values. All values fit a register
// of the CPU.
StepResult CallerByCfi(const StepInput& input);

}  // namespace cairn::unwind
