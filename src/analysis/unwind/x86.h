// x86 without unwind tables: frame pointers and scans of the stack, on all systems alike.
#pragma once

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {

extern const CpuRules kX86Rules;

}  // namespace cairn::unwind
