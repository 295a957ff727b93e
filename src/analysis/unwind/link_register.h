// The caller of a function that calls nothing, on CPUs that call through a link register.
#pragma once

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// Whether the callee stands exactly where its pc says: the context's frame, and one that a signal
// interrupted. Only these may be in the middle of a function that calls nothing; all others are at a call.
bool IsExact(const model::Frame& callee);

// The caller at the link register, where that is more than a guess: the callee is
// exact and has no unwind row, code can be called from there, and it is not in the callee's own function.
// There it was left by the last call that the function made; only at its first instruction it may be a
// recursion.
//
// Breakpad's and rust-minidump's walkers of arm and mips look at the stack alone and lose the caller of every
// system call's stub.
StepResult CallerByLinkRegister(const StepInput& input);

}  // namespace cairn::unwind
