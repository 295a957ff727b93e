// What the crashing instruction does, in the terms that crash facts need: which memory, which jump.
//
// analysis/instruction makes it of bytes by a disassembler; crash facts see only this. So a program that
// links no disassembler (the capture handler) still gets every fact that needs none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "model/address.h"
#include "model/crash_facts.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::crash {

// How an address is made: base + (index << shift) + displacement.
struct AddressForm {
  enum class Extend : std::uint8_t { kNone, kUnsigned32, kSigned32 };

  model::RegisterIndex base = model::kNoRegister;
  model::RegisterIndex index = model::kNoRegister;
  Extend index_extend = Extend::kNone;  // Of the index's lower half, before it is shifted.
  std::uint8_t shift = 0;               // 0 to 4.
  std::int64_t displacement = 0;
  bool is_32_bit = false;  // Only the sum's lower half counts.
};

// The address, or nothing if a register of it has no value.
std::optional<model::ProcessAddress> Evaluate(const AddressForm& form, const model::Registers& registers);

struct MemoryOperand {
  AddressForm form;
  std::uint32_t size = 0;  // In bytes; zero if it is not known.
  model::AccessKind kind = model::AccessKind::kUnknown;
  std::uint32_t alignment = 1;  // An address that is no multiple of it is a fault of its own.
};

// Where an unconditional jump, a call or a return leads.
struct Jump {
  enum class Source : std::uint8_t { kAddress, kRegister, kMemory };
  Source source = Source::kAddress;
  model::ProcessAddress address;
  model::RegisterIndex register_index = model::kNoRegister;
  AddressForm memory;  // Of the eight bytes that hold the target.
};

struct Instruction {
  std::string text;
  std::vector<MemoryOperand> operands;  // Explicit ones first, then those of the stack.
  bool operands_complete = true;        // False: it may access memory that is not among them.
  std::optional<Jump> jump;
  bool may_divide_by_zero = false;
  bool is_privileged = false;
};

// Decodes the one instruction at the start of `code`, which lay at `pc`; nothing if it is none.
using InstructionDecoder = std::optional<Instruction> (*)(model::Cpu cpu, base::Bytes code,
                                                          model::ProcessAddress pc);

}  // namespace cairn::crash
