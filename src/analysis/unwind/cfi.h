// The caller by call frame information: unwind rows of the callee's module.
#pragma once

#include <optional>

#include "analysis/unwind/step.h"
#include "model/unwind_row.h"

namespace cairn::unwind {

// The row in force where the callee stands. Symbols of its module must be answered.
std::optional<model::UnwindRow> FindRow(const StepInput& input);

// Failure of the CFA's or the return address's rule is no caller; another register whose rule fails is
// unknown in the caller. Callee-saved registers without a rule keep their values. All values fit a register
// of the CPU.
StepResult CallerByCfi(const StepInput& input);

}  // namespace cairn::unwind
