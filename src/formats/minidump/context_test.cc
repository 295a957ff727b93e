#include "formats/minidump/context.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "testing/context_builder.h"
#include "testing/minidump_builder.h"
#include "wire/context_layout.h"

namespace cairn::minidump {
namespace {

using model::Cpu;
using model::RegisterIndex;

constexpr std::size_t kMaxXsaveBytes = 16384;  // The most that Breakpad lets stand behind a context.

using ContextMaker = std::vector<std::byte> (*)(const model::Registers&, std::endian);

struct Row {
  const char* name;
  Cpu cpu;
  ContextMaker make;
  std::size_t size;           // Of the whole context.
  std::size_t registers_end;  // Behind the last integer register.
};
constexpr Row kRows[] = {
    {"X86", Cpu::kX86, testing::X86Context, wire::kContextX86Size, 0xc8},
    {"Amd64", Cpu::kAmd64, testing::Amd64Context, wire::kContextAmd64Size, 0x100},
    {"Arm", Cpu::kArm, testing::ArmContext, wire::kContextArmSize, 68},
    {"Arm64", Cpu::kArm64, testing::Arm64Context, wire::kContextArm64Size, 0x110},
    {"Arm64Old", Cpu::kArm64, testing::Arm64OldContext, wire::kContextArm64OldSize, 272},
    {"Mips", Cpu::kMips, testing::MipsContext, wire::kContextMipsSize, 320},
    {"Mips64", Cpu::kMips64, testing::Mips64Context, wire::kContextMipsSize, 320},
    {"Riscv", Cpu::kRiscv, testing::RiscvContext, wire::kContextRiscvSize, 136},
    {"Riscv64", Cpu::kRiscv64, testing::Riscv64Context, wire::kContextRiscv64Size, 264},
};

// Another value in each register; with the high bit, which a mistaken sign extension would show.
model::Registers Numbered(Cpu cpu) {
  model::Registers registers;
  const std::uint64_t base = model::PointerBytes(cpu) == 4 ? 0x80001000 : 0x8000'0000'0000'1000;
  const std::size_t count = model::FindRegisterTable(cpu)->names.size();
  for (std::size_t i = 0; i < count; ++i) registers.Set(static_cast<RegisterIndex>(i), base + i);
  return registers;
}

// x0 of RISC-V is zero and has no place in a context.
bool IsInContext(Cpu cpu, std::size_t index) {
  return index != 0 || (cpu != Cpu::kRiscv && cpu != Cpu::kRiscv64);
}

// A dump that holds nothing: it lends its byte order.
struct Empty {
  explicit Empty(std::endian order) : bytes(testing::MinidumpBuilder(order).Build()) {
    model::Diagnostics diagnostics;
    dump.emplace(*Minidump::Open(bytes, diagnostics));
  }
  std::vector<std::byte> bytes;
  std::optional<Minidump> dump;
};

class ContextOfEachCpu : public ::testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(Context, ContextOfEachCpu, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(ContextOfEachCpu, EveryRegisterIsReadInBothByteOrders) {
  const Row& row = GetParam();
  const model::Registers written = Numbered(row.cpu);
  const model::RegisterTable& table = *model::FindRegisterTable(row.cpu);
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const Empty dump(order);
    const std::vector<std::byte> context = row.make(written, order);
    EXPECT_EQ(context.size(), row.size);
    const auto read = ReadContext(*dump.dump, context, row.cpu);
    ASSERT_TRUE(read.has_value());
    for (std::size_t i = 0; i < table.names.size(); ++i) {
      if (!IsInContext(row.cpu, i)) continue;
      const auto index = static_cast<RegisterIndex>(i);
      EXPECT_EQ(read->Get(index), written.Get(index)) << table.names[i];
    }
  }
}

TEST_P(ContextOfEachCpu, EndsWithItsIntegerRegistersOrGoesOnWithXsave) {
  const Row& row = GetParam();
  const Empty dump(std::endian::little);
  std::vector<std::byte> context = row.make(Numbered(row.cpu), std::endian::little);
  const base::Bytes bytes(context);
  EXPECT_TRUE(ReadContext(*dump.dump, bytes.first(row.registers_end), row.cpu).has_value());
  EXPECT_FALSE(ReadContext(*dump.dump, bytes.first(row.registers_end - 1), row.cpu).has_value());
  EXPECT_FALSE(ReadContext(*dump.dump, {}, row.cpu).has_value());
  context.resize(context.size() + kMaxXsaveBytes, std::byte{0xff});
  EXPECT_TRUE(ReadContext(*dump.dump, context, row.cpu).has_value());
}

// Each context is refused for each other CPU, but for the two widths of MIPS, which share flags and layout.
TEST_P(ContextOfEachCpu, IsNotTakenForAnotherCpu) {
  const Row& row = GetParam();
  const Empty dump(std::endian::little);
  const std::vector<std::byte> context = row.make(Numbered(row.cpu), std::endian::little);
  const auto is_mips = [](Cpu cpu) { return cpu == Cpu::kMips || cpu == Cpu::kMips64; };
  for (const Row& other : kRows) {
    if (other.cpu == row.cpu || (is_mips(other.cpu) && is_mips(row.cpu))) continue;
    EXPECT_FALSE(ReadContext(*dump.dump, context, other.cpu).has_value()) << other.name;
  }
  EXPECT_FALSE(ReadContext(*dump.dump, context, Cpu::kUnknown).has_value());
  EXPECT_FALSE(ReadContext(*dump.dump, context, Cpu::kSparc).has_value());
}

// Windows sets CONTEXT_EXCEPTION_REPORTING, CONTEXT_EXCEPTION_ACTIVE and more beside the CPU's bit.
TEST_P(ContextOfEachCpu, OtherHighFlagsDoNotMatter) {
  const Row& row = GetParam();
  const Empty dump(std::endian::little);
  std::vector<std::byte> context = row.make(Numbered(row.cpu), std::endian::little);
  const std::size_t flags_offset = row.cpu == Cpu::kAmd64 ? 0x30 : 0;
  context[flags_offset + 3] |= std::byte{0xd8};
  EXPECT_TRUE(ReadContext(*dump.dump, context, row.cpu).has_value());
}

TEST_P(ContextOfEachCpu, WithoutTheCpusFlagIsNone) {
  const Row& row = GetParam();
  const Empty dump(std::endian::little);
  std::vector<std::byte> context = row.make(Numbered(row.cpu), std::endian::little);
  const std::size_t flags_offset = row.cpu == Cpu::kAmd64 ? 0x30 : 0;
  std::fill_n(context.begin() + static_cast<std::ptrdiff_t>(flags_offset), 4, std::byte{0});
  EXPECT_FALSE(ReadContext(*dump.dump, context, row.cpu).has_value());
}

TEST(Context, OfWindowsOnArmIsRead) {
  const Empty dump(std::endian::little);
  const model::Registers written = Numbered(Cpu::kArm);
  const auto read = ReadContext(*dump.dump, testing::ArmWindowsContext(written), Cpu::kArm);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->Get(model::kArmPc), written.Get(model::kArmPc));
}

// The two widths share one layout: the system info decides, whichever flag a writer chose.
TEST(Context, FlagOfTheOtherMipsIsAccepted) {
  const Empty dump(std::endian::little);
  model::Registers written;
  written.Set(model::kMipsPc, 0xffff'ffff'8000'1000);
  const std::vector<std::byte> context = testing::Mips64Context(written);
  EXPECT_EQ(ReadContext(*dump.dump, context, Cpu::kMips)->Get(model::kMipsPc), 0x80001000u);
  EXPECT_EQ(ReadContext(*dump.dump, context, Cpu::kMips64)->Get(model::kMipsPc), 0xffff'ffff'8000'1000u);
}

}  // namespace
}  // namespace cairn::minidump
