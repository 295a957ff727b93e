// RISC-V of both widths without unwind tables, by the RISC-V calling convention (psABI): x1 (ra) holds the
// return address of a function that calls nothing; s0, where it is a frame pointer, is the stack pointer that
// the caller had, and the record {s0, ra} stands right below it.
//
// Breakpad's walker takes a record at s0, where arm64 has it. That is tried where there is none below.
#pragma once

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {

// Whether `code`, the bytes before a return address, ends with jal or jalr that link to x1 or x5, or with
// c.jalr; on 32 bits also c.jal, whose encoding is an addition on 64.
bool EndsWithRiscvCall(base::Bytes code);
bool EndsWithRiscv64Call(base::Bytes code);

extern const CpuRules kRiscvRules;
extern const CpuRules kRiscv64Rules;

}  // namespace cairn::unwind
