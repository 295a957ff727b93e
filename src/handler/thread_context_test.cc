#include "handler/thread_context.h"

#include <gtest/gtest.h>
#include <ucontext.h>

#include <cstring>

namespace cairn::handler {
namespace {

template <typename T>
T At(const ContextBytes& context, std::size_t offset) {
  T value{};
  std::memcpy(&value, context.data() + offset, sizeof(value));
  return value;
}

// Offsets are those of winnt.h's CONTEXT for amd64, given as numbers so that a wrong constant shows.
TEST(ThreadContextTest, ATracedThreadsRegistersAreInTheirPlaces) {
  user_regs_struct general{};
  general.rax = 1;
  general.rsp = 2;
  general.r15 = 3;
  general.rip = 4;
  general.eflags = 0x246;
  general.cs = 0x33;
  general.ss = 0x2b;
  user_fpregs_struct floating_point{};
  floating_point.mxcsr = 0x1f80;
  floating_point.xmm_space[0] = 0x12345678;
  const ContextBytes context = ContextOfTrace(general, floating_point);
  EXPECT_EQ(At<std::uint32_t>(context, 0x30), 0x10000fU);
  EXPECT_EQ(At<std::uint32_t>(context, 0x34), 0x1f80U);
  EXPECT_EQ(At<std::uint16_t>(context, 0x38), 0x33U);
  EXPECT_EQ(At<std::uint16_t>(context, 0x42), 0x2bU);
  EXPECT_EQ(At<std::uint32_t>(context, 0x44), 0x246U);
  EXPECT_EQ(At<std::uint64_t>(context, 0x78), 1U);
  EXPECT_EQ(At<std::uint64_t>(context, 0x98), 2U);
  EXPECT_EQ(At<std::uint64_t>(context, 0xf0), 3U);
  EXPECT_EQ(At<std::uint64_t>(context, 0xf8), 4U);
  EXPECT_EQ(At<std::uint32_t>(context, 0x1a0), 0x12345678U);
}

TEST(ThreadContextTest, ASignalsRegistersAreInTheSamePlaces) {
  wire::CrashRequest request;
  for (std::size_t i = 0; i < request.registers.size(); ++i) request.registers[i] = 100 + i;
  request.registers[REG_CSGSFS] = 0x002b'0063'0053'0033;
  const ContextBytes context = ContextOfRequest(request);
  EXPECT_EQ(At<std::uint64_t>(context, 0x78), 100U + REG_RAX);
  EXPECT_EQ(At<std::uint64_t>(context, 0x80), 100U + REG_RCX);
  EXPECT_EQ(At<std::uint64_t>(context, 0x98), 100U + REG_RSP);
  EXPECT_EQ(At<std::uint64_t>(context, 0xf8), 100U + REG_RIP);
  EXPECT_EQ(At<std::uint16_t>(context, 0x38), 0x33U);
  EXPECT_EQ(At<std::uint16_t>(context, 0x3e), 0x63U);  // fs
  EXPECT_EQ(At<std::uint16_t>(context, 0x40), 0x53U);  // gs
  EXPECT_EQ(At<std::uint16_t>(context, 0x42), 0x2bU);
}

}  // namespace
}  // namespace cairn::handler
