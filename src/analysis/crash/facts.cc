#include "analysis/crash/facts.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "analysis/crash/bit_flips.h"
#include "analysis/crash/canonical.h"
#include "analysis/crash/fault.h"
#include "analysis/crash/inconsistencies.h"
#include "analysis/crash/poison.h"
#include "analysis/crash/regions.h"
#include "analysis/crash/stack_overflow.h"

namespace cairn::crash {
namespace {

using model::ProcessAddress;

std::optional<ProcessAddress> ReadPointer(std::span<const model::MemoryView> memory, ProcessAddress address) {
  for (const model::MemoryView& view : memory) {
    if (address < view.start) continue;
    const std::optional<base::Bytes> bytes =
        base::Slice(view.bytes, address.value - view.start.value, sizeof(std::uint64_t));
    if (bytes) return ProcessAddress{base::ByteReader(*bytes).Read<std::uint64_t>()};
  }
  return std::nullopt;
}

std::optional<ProcessAddress> JumpAddress(const Jump& jump, const InstructionInput& input) {
  switch (jump.source) {
    case Jump::Source::kAddress: return jump.address;
    case Jump::Source::kRegister: {
      const std::optional<std::uint64_t> value = input.context.Get(jump.register_index);
      return value ? std::optional(ProcessAddress{*value}) : std::nullopt;
    }
    case Jump::Source::kMemory: {
      const std::optional<ProcessAddress> address = Evaluate(jump.memory, input.context);
      return address ? ReadPointer(input.memory, *address) : std::nullopt;
    }
  }
  return std::nullopt;
}

void AddAccesses(const InstructionInput& input, const Instruction& instruction, model::CrashFacts& facts) {
  std::vector<model::MemoryAccess> accesses;
  bool all_known = instruction.operands_complete;
  for (const MemoryOperand& operand : instruction.operands) {
    const std::optional<ProcessAddress> address = Evaluate(operand.form, input.context);
    if (!address) {
      all_known = false;
      continue;
    }
    const ProcessAddress plain = WithoutTag(input.system.cpu, *address);
    accesses.push_back({.address = plain,
                        .size = operand.size,
                        .kind = operand.kind,
                        .is_likely_guard_page = IsLikelyGuardPage(input.regions, plain)});
  }
  // A list that is empty only because nothing could be said would claim that there was no access.
  if (all_known || !accesses.empty()) facts.accesses = std::move(accesses);
  if (!instruction.jump) return;
  if (const std::optional<ProcessAddress> target = JumpAddress(*instruction.jump, input)) {
    facts.jump_target = model::JumpTarget{*target, IsLikelyGuardPage(input.regions, *target)};
  }
}

bool Covers(const model::MemoryAccess& access, ProcessAddress address) {
  return address.value - access.address.value < std::max<std::uint64_t>(access.size, 1);
}

// The distance from a pointer that was null, if the instruction went through one: a base register of zero.
std::optional<std::uint64_t> NullPointerOffset(const InstructionInput& input, const Fault& fault,
                                               const Instruction& instruction) {
  if (fault.kind != Fault::Kind::kAccess && fault.kind != Fault::Kind::kGeneralProtection)
    return std::nullopt;
  for (const MemoryOperand& operand : instruction.operands) {
    if (operand.form.base == model::kNoRegister || input.context.Get(operand.form.base) != 0) continue;
    const std::optional<ProcessAddress> address = Evaluate(operand.form, input.context);
    if (!address) continue;
    const bool is_culprit = fault.kind == Fault::Kind::kGeneralProtection ||
                            Covers({.address = *address, .size = operand.size}, fault.address);
    if (is_culprit) return address->value;
  }
  return std::nullopt;
}

// The address that the CPU refused without naming it.
std::optional<std::uint64_t> NonCanonicalAddress(model::Cpu cpu, const Fault& fault,
                                                 const model::CrashFacts& facts) {
  if (fault.kind != Fault::Kind::kGeneralProtection) return std::nullopt;
  if (facts.accesses) {
    for (const model::MemoryAccess& access : *facts.accesses) {
      if (!IsCanonical(cpu, access.address)) return access.address.value;
    }
  }
  if (facts.jump_target && !IsCanonical(cpu, facts.jump_target->address)) {
    return facts.jump_target->address.value;
  }
  return std::nullopt;
}

std::optional<model::AdjustedAddress> AdjustAddress(const InstructionInput& input, const Fault& fault,
                                                    const Instruction& instruction,
                                                    const model::CrashFacts& facts) {
  using Kind = model::AdjustedAddress::Kind;
  if (const auto offset = NullPointerOffset(input, fault, instruction)) {
    return model::AdjustedAddress{Kind::kNullPointer, *offset};
  }
  if (const auto address = NonCanonicalAddress(input.system.cpu, fault, facts)) {
    return model::AdjustedAddress{Kind::kNonCanonical, *address};
  }
  return std::nullopt;
}

// What the faulting pointer was made of, or else the registers that it was computed from.
std::string FindPoison(const InstructionInput& input, const Fault& fault, const Instruction* instruction,
                       const model::CrashFacts& facts) {
  if (fault.kind != Fault::Kind::kAccess && fault.kind != Fault::Kind::kGeneralProtection) return {};
  std::vector<std::uint64_t> pointers;
  if (facts.adjusted_address) {
    pointers.push_back(facts.adjusted_address->value);
  } else if (fault.kind == Fault::Kind::kAccess) {
    pointers.push_back(fault.address.value);
  }
  if (instruction != nullptr) {
    for (const MemoryOperand& operand : instruction->operands) {
      if (operand.form.base == model::kNoRegister) continue;
      if (const auto value = input.context.Get(operand.form.base)) pointers.push_back(*value);
    }
  }
  for (const std::uint64_t pointer : pointers) {
    if (std::string text = PoisonText(input.system.cpu, pointer); !text.empty()) return text;
  }
  return {};
}

}  // namespace

void AddInstructionFacts(const InstructionInput& input, model::CrashFacts& facts) {
  if (facts.reason.empty()) return;
  const Fault fault = ClassifyFault(input.system, input.exception, facts.address);
  std::optional<Instruction> instruction;
  if (input.decode != nullptr && !input.code_at_pc.empty()) {
    instruction = input.decode(input.system.cpu, input.code_at_pc, input.pc);
  }
  if (instruction) {
    facts.instruction = instruction->text;
    AddAccesses(input, *instruction, facts);
    facts.adjusted_address = AdjustAddress(input, fault, *instruction, facts);
    facts.inconsistencies = FindInconsistencies(input, fault, *instruction, facts);
  }
  const Instruction* const known = instruction ? &*instruction : nullptr;
  facts.is_stack_overflow = IsStackOverflow(input, fault);
  facts.poison = FindPoison(input, fault, known, facts);
  facts.bit_flips = FindBitFlips(input, fault, known, facts);
}

}  // namespace cairn::crash
