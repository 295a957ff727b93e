// Addresses that differ from the faulting one in a single bit and would not have faulted: perhaps faulty
// memory or an overheated CPU.
#pragma once

#include <vector>

#include "analysis/crash/facts.h"
#include "analysis/crash/fault.h"

namespace cairn::crash {

// Most likely first; at most one for each bit of the address, its base and its index. `instruction` may be
// null; `facts` has accesses and the adjusted address by now. Nothing for 32-bit CPUs, where nearly every
// address is one bit from a mapped one.
std::vector<model::BitFlip> FindBitFlips(const InstructionInput& input, const Fault& fault,
                                         const Instruction* instruction, const model::CrashFacts& facts);

// How likely a flip is, from 0 to 1, of its other fields. The weights are rust-minidump's.
double BitFlipConfidence(const model::BitFlip& flip);

}  // namespace cairn::crash
