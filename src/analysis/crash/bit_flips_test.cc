#include "analysis/crash/bit_flips.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::crash {
namespace {

using model::AccessKind;
using model::ProcessAddress;

// An access through rcx that missed its mapping by one bit.
struct Crash {
  Crash() {
    system.os = model::Os::kLinux;
    system.cpu = model::Cpu::kAmd64;
    registers.Set(model::kRcx, 0x7f0100001230);
    instruction.operands = {
        {.form = {.base = model::kRcx, .displacement = 8}, .size = 8, .kind = AccessKind::kRead}};
  }

  std::vector<model::BitFlip> Find() const {
    return FindBitFlips({.system = system,
                         .exception = exception,
                         .context = registers,
                         .pc = {0x401000},
                         .regions = regions},
                        fault, &instruction, facts);
  }

  model::SystemInfo system;
  ExceptionNumbers exception;
  model::Registers registers;
  Instruction instruction;
  std::vector<model::MemoryMapping> regions = {
      {.start = {0x7f0000001000}, .end = {0x7f0000002000}, .readable = true}};
  Fault fault{.kind = Fault::Kind::kAccess, .address = {0x7f0100001238}};
  model::CrashFacts facts;
};

TEST(BitFlips, FindsTheRegisterThatWasFlipped) {
  const Crash crash;
  const std::vector<model::BitFlip> flips = crash.Find();
  ASSERT_EQ(flips.size(), 1u);
  EXPECT_EQ(flips[0].address, ProcessAddress{0x7f0000001238});
  EXPECT_EQ(flips[0].source_register, "rcx");
  EXPECT_DOUBLE_EQ(flips[0].confidence, 0.25);
}

TEST(BitFlips, NoInstructionIsNeeded) {
  const Crash crash;
  const std::vector<model::BitFlip> flips = FindBitFlips({.system = crash.system,
                                                          .exception = crash.exception,
                                                          .context = crash.registers,
                                                          .regions = crash.regions},
                                                         crash.fault, nullptr, crash.facts);
  ASSERT_EQ(flips.size(), 1u);
  EXPECT_EQ(flips[0].source_register, "");
}

TEST(BitFlips, IndexIsFlippedBeforeItIsScaled) {
  Crash crash;
  crash.registers.Set(model::kRax, 0x7f0000001000);
  crash.registers.Set(model::kRcx, 0x100000 + 2);
  crash.instruction.operands[0].form = {.base = model::kRax, .index = model::kRcx, .shift = 3};
  crash.fault.address = {0x7f0000801010};
  const std::vector<model::BitFlip> flips = crash.Find();
  ASSERT_EQ(flips.size(), 1u);
  EXPECT_EQ(flips[0].address, ProcessAddress{0x7f0000001010});
  EXPECT_EQ(flips[0].source_register, "rcx");
  EXPECT_EQ(flips[0].nearby_registers, 1u) << "rax";
}

TEST(BitFlips, OnlyWhereTheAccessIsAllowed) {
  Crash crash;
  crash.instruction.operands[0].kind = AccessKind::kWrite;
  EXPECT_TRUE(crash.Find().empty());
}

TEST(BitFlips, NotAtTheEndOfAMapping) {
  Crash crash;
  crash.regions.push_back({.start = {0x7f0100000000}, .end = {0x7f0100001234}, .readable = true});
  EXPECT_TRUE(crash.Find().empty()) << "it ran over the end of an array";
}

TEST(BitFlips, UpperBitsOfAnAddressThatIsNotCanonical) {
  Crash crash;
  crash.registers.Set(model::kRcx, 0x0100700000001230);
  crash.fault.kind = Fault::Kind::kGeneralProtection;
  crash.regions[0] = {.start = {0x700000001000}, .end = {0x700000002000}, .readable = true};
  crash.facts.adjusted_address =
      model::AdjustedAddress{model::AdjustedAddress::Kind::kNonCanonical, 0x0100700000001238};
  const std::vector<model::BitFlip> flips = crash.Find();
  ASSERT_EQ(flips.size(), 1u);
  EXPECT_TRUE(flips[0].was_non_canonical);
  EXPECT_DOUBLE_EQ(flips[0].confidence, 1 - 0.75 * 0.1);
}

TEST(BitFlips, Arm64HasThemToo) {
  Crash crash;
  crash.system.cpu = model::Cpu::kArm64;
  crash.instruction.operands[0].form = {.base = 3};
  crash.registers.Set(3, 0x7f0100001238);
  ASSERT_EQ(crash.Find().size(), 1u);
  EXPECT_EQ(crash.Find()[0].source_register, "x3");
}

TEST(BitFlips, NothingWhereThereIsABetterReasonOrNoKnowledge) {
  Crash crash;
  crash.facts.adjusted_address = model::AdjustedAddress{model::AdjustedAddress::Kind::kNullPointer, 8};
  EXPECT_TRUE(crash.Find().empty()) << "a null pointer";
  Crash no_regions;
  no_regions.regions.clear();
  EXPECT_TRUE(no_regions.Find().empty());
  Crash narrow;
  narrow.system.cpu = model::Cpu::kX86;
  EXPECT_TRUE(narrow.Find().empty());
  Crash aborted;
  aborted.fault.kind = Fault::Kind::kOther;
  EXPECT_TRUE(aborted.Find().empty());
}

TEST(BitFlips, NullThatLostABit) {
  Crash crash;
  crash.regions[0] = {.start = {0x10000000}, .end = {0x10001000}, .readable = true};
  crash.registers.Set(model::kRcx, 0x100000);
  crash.instruction.operands[0].form.displacement = 0;
  crash.fault.address = {0x100000};
  const std::vector<model::BitFlip> flips = crash.Find();
  ASSERT_EQ(flips.size(), 1u);
  EXPECT_TRUE(flips[0].is_null);
  EXPECT_FALSE(flips[0].was_low);
  EXPECT_DOUBLE_EQ(flips[0].confidence, 0.625);
}

TEST(BitFlips, Confidence) {
  EXPECT_DOUBLE_EQ(BitFlipConfidence({}), 0.25);
  EXPECT_DOUBLE_EQ(BitFlipConfidence({.was_non_canonical = true}), 0.925);
  EXPECT_DOUBLE_EQ(BitFlipConfidence({.is_null = true, .was_low = true}), 1 - 0.75 * 0.75);
  EXPECT_DOUBLE_EQ(BitFlipConfidence({.nearby_registers = 1}), 1 - 0.75 * 0.5);
  EXPECT_DOUBLE_EQ(BitFlipConfidence({.nearby_registers = 9}), 1 - 0.75 * 0.35);
  EXPECT_DOUBLE_EQ(BitFlipConfidence({.poison_registers = true}), 0.125);
}

}  // namespace
}  // namespace cairn::crash
