// amd64 without unwind tables: frame pointers and stack scanning, by the System V conventions (Linux, macOS).
#pragma once

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// Whether bits 47 to 63 are equal, as the CPU demands of every address.
bool IsCanonicalAmd64(std::uint64_t address);

// rbp points at {caller's rbp, return address}. Refused where that cannot be: the chain must go up and stay
// in the stack, and the return address must be canonical.
StepResult Amd64CallerByFramePointer(const StepInput& input);

// The first word from rsp up that can be a return address: canonical, the byte before it in a module and,
// where the module's symbols can tell, in a function. As far as Breakpad looks: 160 words from the context's
// frame, which may be anywhere in a function, 40 from others.
StepResult Amd64CallerByScan(const StepInput& input);

}  // namespace cairn::unwind
