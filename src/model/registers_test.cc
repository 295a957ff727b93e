#include "model/registers.h"

#include <gtest/gtest.h>

namespace cairn::model {
namespace {

TEST(Registers, UnknownDiffersFromZero) {
  Registers registers;
  EXPECT_EQ(registers.Get(kRax), std::nullopt);
  registers.Set(kRax, 0);
  EXPECT_EQ(registers.Get(kRax), 0u);
  registers.Clear(kRax);
  EXPECT_EQ(registers.Get(kRax), std::nullopt);
  EXPECT_EQ(registers.Get(200), std::nullopt) << "an index outside the table is unknown";
}

TEST(Registers, NamesGiveDwarfNumbers) {
  const RegisterTable* const table = FindRegisterTable(Cpu::kAmd64);
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(FindRegister(*table, "rsp"), kRsp);
  EXPECT_EQ(FindRegister(*table, "rip"), kRip);
  EXPECT_EQ(FindRegister(*table, "eax"), std::nullopt);
}

TEST(Registers, EveryTableIsConsistent) {
  for (const Cpu cpu : {Cpu::kX86, Cpu::kAmd64, Cpu::kArm, Cpu::kArm64, Cpu::kMips, Cpu::kMips64, Cpu::kRiscv,
                        Cpu::kRiscv64}) {
    const RegisterTable* const table = FindRegisterTable(cpu);
    ASSERT_NE(table, nullptr) << CpuName(cpu);
    ASSERT_LE(table->names.size(), static_cast<std::size_t>(kMaxRegisters));
    EXPECT_LT(table->pc, table->names.size()) << CpuName(cpu);
    EXPECT_LT(table->sp, table->names.size()) << CpuName(cpu);
    EXPECT_LT(table->fp, table->names.size()) << CpuName(cpu);
    EXPECT_TRUE(table->link == kNoRegister || table->link < table->names.size()) << CpuName(cpu);
    for (const RegisterIndex index : table->callee_saved) EXPECT_LT(index, table->names.size());
    for (std::size_t i = 0; i < table->names.size(); ++i) {
      EXPECT_EQ(FindRegister(*table, table->names[i]), i) << CpuName(cpu) << " has a name twice";
    }
  }
}

TEST(Registers, AliasesNameTheSameRegister) {
  const RegisterTable& x86 = *FindRegisterTable(Cpu::kX86);
  EXPECT_EQ(FindRegister(x86, "efl"), kEflags);
  EXPECT_EQ(x86.names[kEflags], "eflags") << "as reports call it";
  const RegisterTable& arm64 = *FindRegisterTable(Cpu::kArm64);
  EXPECT_EQ(FindRegister(arm64, "x29"), kArm64Fp);
  EXPECT_EQ(FindRegister(arm64, "x30"), kArm64Lr);
  EXPECT_EQ(FindRegister(*FindRegisterTable(Cpu::kArm), "r13"), kArmSp);
  EXPECT_EQ(FindRegister(*FindRegisterTable(Cpu::kRiscv64), "fp"), kRiscvS0);
}

}  // namespace
}  // namespace cairn::model
