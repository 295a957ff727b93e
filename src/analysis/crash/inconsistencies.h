// Contradictions between what the system reports and what the instruction can do: signs of faulty hardware,
// or of a dump that was written too late.
#pragma once

#include <vector>

#include "analysis/crash/facts.h"
#include "analysis/crash/fault.h"

namespace cairn::crash {

// `facts` has accesses, jump target and the adjusted address by now.
std::vector<model::Inconsistency> FindInconsistencies(const InstructionInput& input, const Fault& fault,
                                                      const Instruction& instruction,
                                                      const model::CrashFacts& facts);

}  // namespace cairn::crash
