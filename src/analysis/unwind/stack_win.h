// The caller on x86 by STACK WIN records: what the PDB files of Windows say of a function's frame.
#pragma once

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// Runs the record's program, or computes what a record without one (FPO_DATA) stands for, then repairs what
// Breakpad found to be wrong in practice: stacks that are aligned to more than a word, return addresses that
// system calls leave behind, records that are wrong by some words, and values of ebp that cannot be one.
StepResult CallerByStackWin(const StepInput& input);

}  // namespace cairn::unwind
