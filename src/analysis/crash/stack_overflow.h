// Whether a thread ran out of stack.
#pragma once

#include "analysis/crash/facts.h"
#include "analysis/crash/fault.h"

namespace cairn::crash {

// Windows says so itself. Elsewhere it is an access at or above the stack pointer (or a page below it) that
// hits what lies directly below the thread's stack: a guard, or nothing. Where mappings are not known, the
// stack that the dump holds stands for them.
bool IsStackOverflow(const InstructionInput& input, const Fault& fault);

}  // namespace cairn::crash
