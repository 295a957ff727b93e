// The caller by call frame information: unwind rows of the callee's module.
#pragma once

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// `table` is the CPU's. Failure of the CFA's or the return address's rule is no caller; another register
// whose rule fails is unknown in the caller. Callee-saved registers without a rule keep their values.
StepResult CallerByCfi(const StepInput& input, const model::RegisterTable& table);

}  // namespace cairn::unwind
