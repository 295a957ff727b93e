// arm64 without unwind tables, by the Procedure Call Standard for the Arm 64-bit Architecture (AAPCS64),
// which Linux, Android, Apple's systems and Windows share: x29 leads to a record {x29, x30} of the caller,
// and x30 holds the return address of a function that calls nothing.
//
// Return addresses may be signed (Armv8.3 pointer authentication), and Swift marks saved frame pointers of
// asynchronous functions in bit 60: the bits above the addresses of the process are taken off.
#pragma once

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {

// Whether `code`, the bytes before a return address, ends with bl or one of the forms of blr.
bool EndsWithArm64Call(base::Bytes code);

extern const CpuRules kArm64Rules;

}  // namespace cairn::unwind
