// AddInstructionFacts looks at the crashing instruction and the memory around it, and says more than the
// system did: what was accessed, which address was meant, whether the stack overflowed, the pointer was
// poison, memory may be faulty, or the report contradicts itself.
//
// Sources: Intel's and AMD's manuals for general protection faults; rust-minidump's crash_info for the facts'
// names and confidences, so that crash databases can compare. It has none of this for arm64.
#pragma once

#include <span>

#include "analysis/crash/instruction.h"
#include "analysis/crash/reason.h"
#include "base/byte_reader.h"
#include "model/address.h"
#include "model/crash_facts.h"
#include "model/crash_report.h"
#include "model/memory_view.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::crash {

struct InstructionInput {
  const model::SystemInfo& system;
  const ExceptionNumbers& exception;  // As ReadReason got it.
  const model::Registers& context;    // Of the crash; empty if the dump has none.
  model::ProcessAddress pc;
  base::Bytes code_at_pc;                         // From pc on, as much as the dump holds; may be empty.
  std::span<const model::MemoryMapping> regions;  // Sorted by start, not overlapping; empty: not known.
  std::span<const model::MemoryView> memory;      // In any order.
  InstructionDecoder decode = nullptr;            // Null: facts that need no disassembler.
};

// Adds to what ReadReason gave: `facts.reason` and `facts.address` must be set. Without an exception (an
// empty reason) it does nothing.
void AddInstructionFacts(const InstructionInput& input, model::CrashFacts& facts);

}  // namespace cairn::crash
