#include "analysis/crash/inconsistencies.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::crash {
namespace {

using model::AccessKind;
using model::Inconsistency;

// mov eax, [rax], on Windows.
struct Crash {
  Crash() {
    system.os = model::Os::kWindows;
    system.cpu = model::Cpu::kAmd64;
    registers.Set(model::kRax, 0x5000);
    instruction.operands = {{.form = {.base = model::kRax}, .size = 4, .kind = AccessKind::kRead}};
    facts.accesses = {{.address = {0x5000}, .size = 4, .kind = AccessKind::kRead}};
  }

  std::vector<Inconsistency> Find(const Fault& fault) const {
    return FindInconsistencies({.system = system,
                                .exception = exception,
                                .context = registers,
                                .pc = {0x401000},
                                .regions = regions},
                               fault, instruction, facts);
  }

  model::SystemInfo system;
  ExceptionNumbers exception;
  model::Registers registers;
  std::vector<model::MemoryMapping> regions;
  Instruction instruction;
  model::CrashFacts facts;
};

using Found = std::vector<Inconsistency>;
using Kind = Fault::Kind;

TEST(Inconsistencies, DivisionByZeroWithoutDivision) {
  Crash crash;
  EXPECT_EQ(crash.Find({.kind = Kind::kDivideByZero}), Found{Inconsistency::kIntDivByZeroNotPossible});
  crash.instruction.may_divide_by_zero = true;
  EXPECT_EQ(crash.Find({.kind = Kind::kDivideByZero}), Found{});
}

TEST(Inconsistencies, PrivilegeThatIsNotNeeded) {
  Crash crash;
  EXPECT_EQ(crash.Find({.kind = Kind::kPrivilegedInstruction}),
            Found{Inconsistency::kPrivInstructionCrashWithoutPrivInstruction});
  crash.instruction.is_privileged = true;
  EXPECT_EQ(crash.Find({.kind = Kind::kPrivilegedInstruction}), Found{});
}

TEST(Inconsistencies, GeneralProtectionFaultOfAGoodAddress) {
  const Fault fault{.kind = Kind::kGeneralProtection};
  Crash crash;
  EXPECT_EQ(crash.Find(fault), Found{Inconsistency::kNonCanonicalAddressFalselyReported});
  Crash adjusted;
  adjusted.facts.adjusted_address = model::AdjustedAddress{};
  EXPECT_EQ(adjusted.Find(fault), Found{});
  Crash vector;
  vector.instruction.operands[0].alignment = 16;
  vector.registers.Set(model::kRax, 0x5008);
  EXPECT_EQ(vector.Find(fault), Found{}) << "movaps of an address that is not aligned";
  Crash last;
  last.registers.Set(model::kRax, ~std::uint64_t{0});
  last.facts.accesses->at(0).address = {~std::uint64_t{0}};
  EXPECT_EQ(last.Find(fault), Found{}) << "a pointer of -1: Windows names the true address";
  Crash halted;
  halted.instruction.is_privileged = true;
  EXPECT_EQ(halted.Find(fault), Found{}) << "hlt";
  Crash partial;
  partial.registers.Clear(model::kRax);
  EXPECT_EQ(partial.Find(fault), Found{}) << "the address is not known";
}

TEST(Inconsistencies, AccessToMemoryThatAllowsIt) {
  Crash crash;
  crash.regions = {{.start = {0x5000}, .end = {0x6000}, .readable = true}};
  EXPECT_EQ(crash.Find({.kind = Kind::kAccess, .address = {0x5000}, .access = AccessKind::kRead}),
            Found{Inconsistency::kAccessViolationWhenAccessAllowed});
  EXPECT_EQ(crash.Find({.kind = Kind::kAccess, .address = {0x5000}, .access = AccessKind::kWrite}), Found{});
  EXPECT_EQ(crash.Find({.kind = Kind::kAccess, .address = {0x5000}, .is_execution = true}), Found{});
}

TEST(Inconsistencies, AddressThatTheInstructionDoesNotTouch) {
  const Fault elsewhere{.kind = Kind::kAccess, .address = {0x9000}, .access = AccessKind::kRead};
  Crash crash;
  EXPECT_EQ(crash.Find(elsewhere), Found{Inconsistency::kCrashingAccessNotFoundInMemoryAccesses});
  EXPECT_EQ(crash.Find({.kind = Kind::kAccess, .address = {0x5003}, .access = AccessKind::kRead}), Found{});
  Crash incomplete;
  incomplete.instruction.operands_complete = false;
  EXPECT_EQ(incomplete.Find(elsewhere), Found{});
  Crash jump;
  jump.facts.jump_target = model::JumpTarget{{0x9000}};
  EXPECT_EQ(jump.Find({.kind = Kind::kAccess, .address = {0x9000}, .is_execution = true}), Found{});
  EXPECT_EQ(crash.Find({.kind = Kind::kAccess, .address = {0x401000}, .is_execution = true}), Found{})
      << "the code itself could not be fetched";
}

TEST(Inconsistencies, StackOverflowWithoutAccess) {
  Crash crash;
  EXPECT_EQ(crash.Find({.kind = Kind::kStackOverflow}), Found{});
  crash.instruction.operands.clear();
  EXPECT_EQ(crash.Find({.kind = Kind::kStackOverflow}),
            Found{Inconsistency::kCrashingAccessNotFoundInMemoryAccesses});
}

}  // namespace
}  // namespace cairn::crash
