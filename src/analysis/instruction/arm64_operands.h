// What an arm64 instruction accesses and where it jumps, read from its encoding: the groups "Loads and
// Stores" and "Branches" of the Arm Architecture Reference Manual for A-profile (DDI 0487), chapter C4.
#pragma once

#include <cstdint>

#include "analysis/crash/instruction.h"
#include "model/address.h"

namespace cairn::instruction {

// Scalable vectors and memory copies have no fixed size: they are marked as incomplete. So are loads through
// an authenticated pointer, whose address the CPU makes of a key.
void AddArm64Operands(std::uint32_t word, model::ProcessAddress pc, crash::Instruction& instruction);

}  // namespace cairn::instruction
