// 32-bit ARM without unwind tables, by the Procedure Call Standard for the Arm Architecture (AAPCS32): r14
// holds the return address of a function that calls nothing. Frame pointers lead to a record on iOS, where r7
// does ("iOS ABI Function Call Guide"), and on Windows, where r11 does ("Overview of ARM32 ABI conventions").
// Elsewhere r7 and r11 are registers like others.
//
// Bit 0 of a return address says that Thumb instructions are there; it is taken off.
#pragma once

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {

// Whether `code`, the bytes before a return address, ends with a call of either instruction set: the address
// without its bit 0 does not say which.
bool EndsWithArmCall(base::Bytes code);

extern const CpuRules kArmRules;

}  // namespace cairn::unwind
