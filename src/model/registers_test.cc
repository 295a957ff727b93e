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

}  // namespace
}  // namespace cairn::model
