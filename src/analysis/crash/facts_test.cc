#include "analysis/crash/facts.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace cairn::crash {
namespace {

using model::AccessKind;
using model::ProcessAddress;
using Adjusted = model::AdjustedAddress::Kind;

constexpr std::uint64_t kPc = 0x401000;

// What the disassembler would give; each test sets it.
std::optional<Instruction> decoded;
std::optional<Instruction> GiveDecoded(model::Cpu, base::Bytes, ProcessAddress) { return decoded; }

model::MemoryMapping Region(std::uint64_t start, std::uint64_t end, std::string_view access) {
  return {.start = {start},
          .end = {end},
          .readable = access.find('r') != access.npos,
          .writable = access.find('w') != access.npos,
          .executable = access.find('x') != access.npos};
}

// A crash of a process on amd64 Linux; tests change what they are about.
struct Crash {
  Crash() {
    system.os = model::Os::kLinux;
    system.cpu = model::Cpu::kAmd64;
    decoded.reset();
  }

  // SIGSEGV / SEGV_MAPERR.
  void SegmentationFault(std::uint64_t address) { exception = {.code = 11, .flags = 1, .address = address}; }
  // What Linux gives for an address that is not canonical: no address.
  void GeneralProtection() { exception = {.code = 11, .flags = 0x80, .address = 0}; }
  void WindowsAccess(std::uint64_t kind, std::uint64_t address) {
    system.os = model::Os::kWindows;
    parameters = {kind, address};
    exception = {.code = 0xc0000005, .address = kPc, .parameters = parameters};
  }

  model::CrashFacts Facts() const {
    constexpr std::array<std::byte, 1> kCode{};
    model::CrashFacts facts;
    Reason reason = ReadReason(system, exception);
    facts.reason = reason.text;
    facts.address = reason.address;
    AddInstructionFacts({.system = system,
                         .exception = exception,
                         .context = registers,
                         .pc = {kPc},
                         .code_at_pc = kCode,
                         .regions = regions,
                         .memory = memory,
                         .decode = GiveDecoded},
                        facts);
    return facts;
  }

  model::SystemInfo system;
  ExceptionNumbers exception;
  std::vector<std::uint64_t> parameters;
  model::Registers registers;
  std::vector<model::MemoryMapping> regions;
  std::vector<model::MemoryView> memory;
};

// mov [base+displacement], of four bytes.
Instruction Access(model::RegisterIndex base, std::int64_t displacement, AccessKind kind) {
  return {.text = "mov",
          .operands = {{.form = {.base = base, .displacement = displacement}, .size = 4, .kind = kind}}};
}

TEST(Facts, NothingWithoutAnException) {
  Crash crash;
  decoded = Access(model::kRax, 0, AccessKind::kRead);
  model::CrashFacts facts;
  AddInstructionFacts({.system = crash.system,
                       .exception = crash.exception,
                       .context = crash.registers,
                       .decode = GiveDecoded},
                      facts);
  EXPECT_EQ(facts.instruction, "");
  EXPECT_FALSE(facts.accesses);
}

TEST(Facts, AccessesAreEvaluated) {
  Crash crash;
  crash.SegmentationFault(0x1010);
  crash.registers.Set(model::kRax, 0x1000);
  crash.registers.Set(model::kRcx, 0xffffffff00000002);
  decoded = Access(model::kRax, 0x10, AccessKind::kWrite);
  decoded->operands.push_back({.form = {.base = model::kRax,
                                        .index = model::kRcx,
                                        .index_extend = AddressForm::Extend::kUnsigned32,
                                        .shift = 3},
                               .size = 8});
  decoded->operands.push_back({.form = {.base = model::kRdx}, .size = 8});  // Not in the dump.
  const model::CrashFacts facts = crash.Facts();
  EXPECT_EQ(facts.instruction, "mov");
  ASSERT_TRUE(facts.accesses);
  ASSERT_EQ(facts.accesses->size(), 2u);
  EXPECT_EQ(facts.accesses->at(0).address, ProcessAddress{0x1010});
  EXPECT_EQ(facts.accesses->at(0).kind, AccessKind::kWrite);
  EXPECT_EQ(facts.accesses->at(1).address, ProcessAddress{0x1010});
}

TEST(Facts, AccessesThatAreNotKnownAreNotCalledNone) {
  Crash crash;
  crash.SegmentationFault(0x1010);
  decoded = Instruction{.text = "mov eax, fs:[0x28]", .operands_complete = false};
  EXPECT_FALSE(crash.Facts().accesses);
  decoded = Instruction{.text = "nop"};
  EXPECT_TRUE(crash.Facts().accesses) << "known: there are none";
}

TEST(Facts, JumpThroughMemory) {
  Crash crash;
  crash.SegmentationFault(0x9000);
  crash.registers.Set(model::kRsp, 0x7000);
  const std::array bytes{std::byte{0}, std::byte{0x00}, std::byte{0x90}, std::byte{0}, std::byte{0},
                         std::byte{0}, std::byte{0},    std::byte{0},    std::byte{0}};
  crash.memory = {{{0x6fff}, bytes}};
  decoded = Instruction{.text = "ret",
                        .jump = Jump{.source = Jump::Source::kMemory, .memory = {.base = model::kRsp}}};
  ASSERT_TRUE(crash.Facts().jump_target);
  EXPECT_EQ(crash.Facts().jump_target->address, ProcessAddress{0x9000});
  crash.memory = {{{0x7001}, bytes}};
  EXPECT_FALSE(crash.Facts().jump_target) << "that memory is not in the dump";
}

TEST(Facts, NullPointerAndOffset) {
  Crash crash;
  crash.SegmentationFault(0x18);
  crash.registers.Set(model::kRax, 0);
  decoded = Access(model::kRax, 0x18, AccessKind::kRead);
  const model::CrashFacts facts = crash.Facts();
  ASSERT_TRUE(facts.adjusted_address);
  EXPECT_EQ(facts.adjusted_address->kind, Adjusted::kNullPointer);
  EXPECT_EQ(facts.adjusted_address->value, 0x18u);
}

TEST(Facts, NullRegisterOfAnotherAccessIsNoNullPointer) {
  Crash crash;
  crash.SegmentationFault(0x5000);
  crash.registers.Set(model::kRax, 0);
  decoded = Access(model::kRax, 0x18, AccessKind::kRead);
  EXPECT_FALSE(crash.Facts().adjusted_address);
  crash.exception = {.code = 6, .flags = 0xfffffffa, .address = 0};
  EXPECT_FALSE(crash.Facts().adjusted_address) << "abort()";
}

TEST(Facts, AddressThatIsNotCanonical) {
  Crash crash;
  crash.registers.Set(model::kRax, 0xe5e5e5e5e5e5e5e5);
  decoded = Access(model::kRax, 8, AccessKind::kRead);
  const auto expect_adjusted = [&](const char* system) {
    const model::CrashFacts facts = crash.Facts();
    ASSERT_TRUE(facts.adjusted_address) << system;
    EXPECT_EQ(facts.adjusted_address->kind, Adjusted::kNonCanonical) << system;
    EXPECT_EQ(facts.adjusted_address->value, 0xe5e5e5e5e5e5e5edu) << system;
    EXPECT_EQ(facts.poison, "0xe5: freed (mozjemalloc)") << system;
    EXPECT_TRUE(facts.inconsistencies.empty()) << system;
  };
  crash.GeneralProtection();
  expect_adjusted("Linux");
  crash.WindowsAccess(0, ~std::uint64_t{0});
  expect_adjusted("Windows");
  crash.system.os = model::Os::kMacOs;
  crash.exception = {.code = 1, .flags = 13, .address = 0};
  expect_adjusted("macOS");
}

TEST(Facts, JumpToAnAddressThatIsNotCanonical) {
  Crash crash;
  crash.GeneralProtection();
  crash.registers.Set(model::kRax, 0x0100000000401000);
  decoded = Instruction{.text = "jmp rax",
                        .jump = Jump{.source = Jump::Source::kRegister, .register_index = model::kRax}};
  const model::CrashFacts facts = crash.Facts();
  ASSERT_TRUE(facts.adjusted_address);
  EXPECT_EQ(facts.adjusted_address->value, 0x0100000000401000u);
}

TEST(Facts, Arm64IgnoresTheTopByte) {
  Crash crash;
  crash.system.cpu = model::Cpu::kArm64;
  crash.SegmentationFault(0x7000001000);
  crash.registers.Set(0, 0xb400007000001000);
  decoded = Access(0, 0, AccessKind::kRead);
  EXPECT_EQ(crash.Facts().accesses->at(0).address, ProcessAddress{0x7000001000});
}

TEST(Facts, GuardPages) {
  Crash crash;
  crash.regions = {Region(0x10000, 0x20000, "rw"), Region(0x20000, 0x21000, ""),
                   Region(0x40000, 0x80000, "")};
  crash.registers.Set(model::kRax, 0x20008);
  crash.SegmentationFault(0x20008);
  decoded = Access(model::kRax, 0, AccessKind::kWrite);
  EXPECT_TRUE(crash.Facts().accesses->at(0).is_likely_guard_page);
  crash.registers.Set(model::kRax, 0x40008);
  EXPECT_FALSE(crash.Facts().accesses->at(0).is_likely_guard_page) << "reserved, too large for a guard";
  crash.registers.Set(model::kRax, 0x1fff8);
  EXPECT_FALSE(crash.Facts().accesses->at(0).is_likely_guard_page);
}

TEST(Facts, PoisonNeedsNoDisassembler) {
  Crash crash;
  crash.system.cpu = model::Cpu::kX86;
  crash.WindowsAccess(0, 0xfeeeff02);
  EXPECT_EQ(crash.Facts().poison, "0xfeeefeee: freed (HeapFree of Windows)");
}

// No disassembler should give such an operand, and no dump such mappings.
TEST(Facts, ImpossibleOperandsAndMappings) {
  constexpr std::uint64_t kMax = ~std::uint64_t{0};
  Crash crash;
  crash.registers.Set(model::kRax, kMax);
  crash.registers.Set(model::kRsp, kMax);
  crash.regions = {{.start = {0}, .end = {0}},
                   {.start = {0x5000}, .end = {0x1000}, .readable = true, .writable = true},
                   {.start = {kMax}, .end = {kMax}},
                   {.start = {kMax}, .end = {0}, .writable = true}};
  for (const model::RegisterIndex base : {model::RegisterIndex{63}, model::RegisterIndex{200},
                                          model::kNoRegister, model::RegisterIndex{model::kRax}}) {
    for (const std::uint32_t size : {0u, 1u, 0xffffffffu}) {
      MemoryOperand operand{.form = {.base = base,
                                     .index = model::kRax,
                                     .index_extend = static_cast<AddressForm::Extend>(9),
                                     .shift = 255,
                                     .displacement = INT64_MIN},
                            .size = size,
                            .kind = static_cast<AccessKind>(9),
                            .alignment = 3};
      decoded = Instruction{.operands = {operand, operand, {}},
                            .jump = Jump{.source = Jump::Source::kMemory, .memory = operand.form}};
      for (const std::uint64_t address : {std::uint64_t{0}, std::uint64_t{0x4000}, kMax}) {
        crash.SegmentationFault(address);
        EXPECT_LE(crash.Facts().bit_flips.size(), 3 * 64u);
        crash.GeneralProtection();
        EXPECT_LE(crash.Facts().bit_flips.size(), 3 * 64u);
      }
      crash.WindowsAccess(0, kMax);
      EXPECT_EQ(crash.Facts().reason, "EXCEPTION_ACCESS_VIOLATION_READ");
      crash.system.os = model::Os::kLinux;
    }
  }
}

}  // namespace
}  // namespace cairn::crash
