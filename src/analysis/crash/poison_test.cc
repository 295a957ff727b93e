#include "analysis/crash/poison.h"

#include <gtest/gtest.h>

namespace cairn::crash {
namespace {

using model::Cpu;

TEST(Poison, RepeatedByteAndFieldsBehindIt) {
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0xe5e5e5e5e5e5e5e5), "0xe5: freed (mozjemalloc)");
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0xe5e5e5e5e5e5e6f5), "0xe5: freed (mozjemalloc)");
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0xdddddddddddddd00), "0xdd: freed (MSVC debug heap)")
      << "a field before it";
  EXPECT_EQ(PoisonText(Cpu::kX86, 0x5a5a5a62), "0x5a: freed (jemalloc)");
  EXPECT_EQ(PoisonText(Cpu::kX86, 0xbaadf00d), "0xbaadf00d: uninitialised (LocalAlloc of Windows)");
}

TEST(Poison, TopByteThatArm64Ignores) {
  EXPECT_EQ(PoisonText(Cpu::kArm64, 0x00e5e5e5e5e5e5ed), "0xe5: freed (mozjemalloc)");
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0x00e5e5e5e5e5e5ed), "");
}

TEST(Poison, OtherPointers) {
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0), "");
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0x7ffe12345678), "");
  EXPECT_EQ(PoisonText(Cpu::kAmd64, 0xe5e5e5e500000000), "");
  EXPECT_EQ(PoisonText(Cpu::kX86, 0xe5e60000), "");
  EXPECT_EQ(PoisonText(Cpu::kAmd64, ~std::uint64_t{0}), "") << "-1 is a value of its own";
}

TEST(Poison, RegisterOfPoison) {
  const model::RegisterTable& table = *model::FindRegisterTable(Cpu::kAmd64);
  model::Registers registers;
  registers.Set(model::kRax, 0x1111111111111111);
  EXPECT_FALSE(HoldsPoison(table, registers));
  registers.Set(model::kRcx, 0xe5e5e5e5e5e5e5e6);
  EXPECT_FALSE(HoldsPoison(table, registers));
  registers.Set(model::kRdx, 0xe5e5e5e5e5e5e5e5);
  EXPECT_TRUE(HoldsPoison(table, registers));
}

}  // namespace
}  // namespace cairn::crash
