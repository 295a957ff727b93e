#include "formats/native_unwind/arm64_prologue.h"

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "testing/byte_sink.h"

namespace cairn::native {
namespace {

std::optional<model::UnwindRow> Read(std::initializer_list<std::uint32_t> instructions) {
  testing::ByteSink sink;
  for (const std::uint32_t instruction : instructions) sink.U32(instruction);
  return ReadArm64Prologue(sink.bytes());
}

TEST(Arm64Prologue, SavesAndAllocationsAreCounted) {
  EXPECT_EQ(Read({})->cfa, RegisterPlus(model::kArm64Sp, 0));
  EXPECT_EQ(Read({})->return_address, RegisterPlus(model::kArm64Lr, 0));
  // pacibsp; stp x20, x19, [sp, #-32]!; stp x29, x30, [sp, #16]; sub sp, sp, #4096
  const auto row = Read({0xd503237f, 0xa9be4ff4, 0xa9017bfd, 0xd14007ff});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArm64Sp, 4096 + 32));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers, (std::vector<model::RegisterRule>{{19, LoadFrom(CfaPlus(-24))},
                                                              {20, LoadFrom(CfaPlus(-32))},
                                                              {model::kArm64Fp, LoadFrom(CfaPlus(-16))}}));
}

TEST(Arm64Prologue, SingleAndVectorRegistersAreCounted) {
  // stp d9, d8, [sp, #-32]!; str x30, [sp, #16]
  const auto row = Read({0x6dbe23e9, 0xf9000bfe});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArm64Sp, 32));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-16)));
  EXPECT_EQ(Read({0xf81f0ffe})->return_address, LoadFrom(CfaPlus(-16)));  // str x30, [sp, #-16]!
}

TEST(Arm64Prologue, FrameRegisterAndBodyEndIt) {
  EXPECT_FALSE(Read({0xa9bf7bfd, 0x910003fd}));  // stp x29, x30, [sp, #-16]!; mov x29, sp
  EXPECT_FALSE(Read({0xd10043ff, 0xf90007e0}));  // sub sp, sp, #16; str x0, [sp, #8]
  EXPECT_FALSE(Read({0xa9c17bfd}));              // A load.
}

}  // namespace
}  // namespace cairn::native
