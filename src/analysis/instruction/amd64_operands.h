// What an amd64 instruction accesses and where it jumps, of Capstone's detail.
#pragma once

#include <capstone/capstone.h>

#include "analysis/crash/instruction.h"

namespace cairn::instruction {

// `decoded` has detail and is of CS_ARCH_X86 in 64-bit mode.
void AddAmd64Operands(const cs_insn& decoded, crash::Instruction& instruction);

}  // namespace cairn::instruction
