// The functions with which threads begin. Nobody called them, so what a guess finds above them is made up:
// the text form of unwind tables cannot say "no caller", and stale words of the stack look like frames.
#pragma once

#include <string_view>

#include "analysis/unwind/step.h"
#include "model/system.h"

namespace cairn::unwind {

// How many functions are above `function` on a stack of that system, or nothing if it is none that threads
// begin with. `function` may be decorated ("_RtlUserThreadStart@8") or have its parameters.
std::optional<std::size_t> CallersOfThreadEntry(model::Os os, std::string_view function);

// Whether the callee is the first function of its thread, going by its name and those of the functions that
// it called. Modules whose symbols are not answered count as without names.
bool IsThreadStart(const StepInput& input);

}  // namespace cairn::unwind
