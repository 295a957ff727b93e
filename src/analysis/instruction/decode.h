// Decode takes one instruction of amd64 or arm64 apart: its text, the memory that it reads and writes, where
// it jumps. It is the only user of Capstone, so that programs that link analysis/crash alone need none.
//
// Capstone 4 gives the text of both CPUs and the operands of amd64. For arm64 it gives addresses without
// direction or size and knows nothing past Armv8.1; operands there come from the encoding itself
// (arm64_operands.h); where Capstone has no text, ".inst" and the number stand for it, as assemblers write
// it.
#pragma once

#include <optional>

#include "analysis/crash/instruction.h"
#include "base/byte_reader.h"
#include "model/address.h"
#include "model/system.h"

namespace cairn::instruction {

// A crash::InstructionDecoder. Nothing for other CPUs, for too few bytes and for bytes that are no
// instruction.
std::optional<crash::Instruction> Decode(model::Cpu cpu, base::Bytes code, model::ProcessAddress pc);

}  // namespace cairn::instruction
