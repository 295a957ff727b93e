// MIPS of both widths without unwind tables, by the System V ABI's MIPS supplement (o32) and the MIPSpro N32
// and N64 handbook: $31 holds the return address of a function that calls nothing. There are no frame
// pointers to follow: where $30 is one, it points at the bottom of a frame whose size only the code tells.
//
// A call has a delay slot, so that its return address is the second instruction after it.
#pragma once

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {

// Whether `code`, the bytes before a return address, ends with a call and its delay slot, in either byte
// order, or with a call of release 6 that has no delay slot.
bool EndsWithMipsCall(base::Bytes code);

extern const CpuRules kMipsRules;
extern const CpuRules kMips64Rules;

}  // namespace cairn::unwind
