#include "analysis/crash/inconsistencies.h"

#include <algorithm>

#include "analysis/crash/regions.h"

namespace cairn::crash {
namespace {

using Kind = Fault::Kind;
using model::Inconsistency;

// Pages that an access may touch behind the address that it names.
constexpr std::uint64_t kMaxAccessBytes = 64;

bool TouchesAddress(const model::CrashFacts& facts, model::ProcessAddress address) {
  const auto covers = [&](const model::MemoryAccess& access) {
    // Zero: as large as an access may be. XSAVE and others have no fixed size.
    const std::uint64_t size = access.size != 0 ? access.size : kMaxAccessBytes;
    return address.value - access.address.value < size;
  };
  if (facts.accesses && std::ranges::any_of(*facts.accesses, covers)) return true;
  return facts.jump_target && facts.jump_target->address == address;
}

// A general protection fault has other causes than an address: privileged instructions and operands that are
// not aligned. And on Windows it looks like a page fault at the last address, which a pointer of -1 gives.
bool HasOtherCause(const InstructionInput& input, const Instruction& instruction,
                   const model::CrashFacts& facts) {
  constexpr model::ProcessAddress kLast{~std::uint64_t{0}};
  if (instruction.is_privileged) return true;
  if (input.system.os == model::Os::kWindows && TouchesAddress(facts, kLast)) return true;
  return std::ranges::any_of(instruction.operands, [&](const MemoryOperand& operand) {
    const auto address = Evaluate(operand.form, input.context);
    return !address || (operand.alignment > 1 && address->value % operand.alignment != 0);
  });
}

// All that the instruction can touch is known.
bool AccessesAreComplete(const InstructionInput& input, const Instruction& instruction) {
  return instruction.operands_complete && std::ranges::all_of(instruction.operands, [&](const auto& operand) {
           return Evaluate(operand.form, input.context).has_value();
         });
}

// Only Windows says which access it refused, so only there a mapping can contradict it.
bool IsAllowedAccess(const InstructionInput& input, const Fault& fault) {
  if (fault.access == model::AccessKind::kUnknown && !fault.is_execution) return false;
  const model::MemoryMapping* const region = FindRegion(input.regions, fault.address);
  if (region == nullptr) return false;
  return fault.is_execution ? region->executable : Allows(*region, fault.access);
}

}  // namespace

std::vector<Inconsistency> FindInconsistencies(const InstructionInput& input, const Fault& fault,
                                               const Instruction& instruction,
                                               const model::CrashFacts& facts) {
  std::vector<Inconsistency> found;
  switch (fault.kind) {
    case Kind::kDivideByZero:
      if (!instruction.may_divide_by_zero) found.push_back(Inconsistency::kIntDivByZeroNotPossible);
      break;
    case Kind::kPrivilegedInstruction:
      if (!instruction.is_privileged) {
        found.push_back(Inconsistency::kPrivInstructionCrashWithoutPrivInstruction);
      }
      break;
    case Kind::kGeneralProtection:
      if (input.system.cpu == model::Cpu::kAmd64 && !facts.adjusted_address &&
          instruction.operands_complete && !HasOtherCause(input, instruction, facts)) {
        found.push_back(Inconsistency::kNonCanonicalAddressFalselyReported);
      }
      break;
    case Kind::kAccess:
      if (IsAllowedAccess(input, fault)) found.push_back(Inconsistency::kAccessViolationWhenAccessAllowed);
      if (input.system.os == model::Os::kWindows && fault.address != input.pc &&
          AccessesAreComplete(input, instruction) && !TouchesAddress(facts, fault.address)) {
        found.push_back(Inconsistency::kCrashingAccessNotFoundInMemoryAccesses);
      }
      break;
    case Kind::kStackOverflow:
      if (AccessesAreComplete(input, instruction) && instruction.operands.empty()) {
        found.push_back(Inconsistency::kCrashingAccessNotFoundInMemoryAccesses);
      }
      break;
    case Kind::kOther: break;
  }
  return found;
}

}  // namespace cairn::crash
