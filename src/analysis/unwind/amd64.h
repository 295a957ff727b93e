// amd64 without unwind tables, by the conventions of System V (Linux, macOS) and of Windows.
#pragma once

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {

// Whether bits 47 to 63 are equal, as the CPU demands of every address.
bool IsCanonicalAmd64(std::uint64_t address);

extern const CpuRules kAmd64Rules;

}  // namespace cairn::unwind
