#include "formats/native_unwind/arm_unwind_info.h"

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "testing/byte_sink.h"

namespace cairn::native {
namespace {

using base::Code;
using Instructions = std::vector<std::uint8_t>;
using Registers = std::vector<model::RegisterRule>;

model::RegisterRule SavedAt(model::RegisterIndex index, std::int64_t from_cfa) {
  return {index, LoadFrom(CfaPlus(from_cfa))};
}

// How far the instructions move the stack pointer.
void ExpectMove(const Instructions& instructions, std::int64_t bytes) {
  const auto row = RowOfArmInstructions(instructions);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArmSp, bytes));
  EXPECT_EQ(row->return_address, RegisterPlus(model::kArmLr, 0));
  EXPECT_TRUE(row->registers.empty());
}

TEST(ArmUnwindInfo, PopsGiveTheRegistersAndTheReturnAddress) {
  // vsp += 16; pop {r4 to r6, r14}
  const auto row = RowOfArmInstructions({0x03, 0xaa, 0xb0});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArmSp, 32));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-4)));
  EXPECT_EQ(row->registers, (Registers{SavedAt(4, -16), SavedAt(5, -12), SavedAt(6, -8)}));
}

TEST(ArmUnwindInfo, MaskNamesAnyRegisters) {
  // pop {r4, r11, r15}
  const auto row = RowOfArmInstructions({0x88, 0x81});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArmSp, 12));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-4)));
  EXPECT_EQ(row->registers, (Registers{SavedAt(4, -12), SavedAt(11, -8)}));
  // pop {r0, r2}, then {r4, r14}: variable arguments.
  EXPECT_EQ(RowOfArmInstructions({0xb1, 0x05, 0xa8})->registers,
            (Registers{SavedAt(0, -16), SavedAt(2, -12), SavedAt(4, -8)}));
}

TEST(ArmUnwindInfo, FramePointerTakesTheStackPointersPlace) {
  // vsp = r11; vsp -= 8; pop {r4, r5, r11, r14}, as of a function with alloca.
  const auto row = RowOfArmInstructions({0x9b, 0x41, 0x84, 0x83});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArmFp, 8));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-4)));
  EXPECT_EQ(row->registers, (Registers{SavedAt(4, -16), SavedAt(5, -12), SavedAt(11, -8)}));
}

TEST(ArmUnwindInfo, MovesAreCountedInAllForms) {
  ExpectMove({}, 0);
  ExpectMove({0xb0}, 0);
  ExpectMove({0x00}, 4);
  ExpectMove({0x3f, 0x3f}, 512);
  ExpectMove({0x3f, 0x7f}, 0);
  ExpectMove({0xb2, 0x00}, 0x204);
  ExpectMove({0xb2, 0x81, 0x01}, 0x204 + 129 * 4);
  ExpectMove({0xb3, 0x81}, 2 * 8 + 4);  // d8 and d9
  ExpectMove({0xb4, 0xb5}, 4);
  ExpectMove({0xb9}, 2 * 8 + 4);
  ExpectMove({0xc1, 0xc6, 0x12, 0xc7, 0x05}, 2 * 8 + 3 * 8 + 2 * 4);
  ExpectMove({0xc8, 0x03, 0xc9, 0x80, 0xd1}, 4 * 8 + 8 + 2 * 8);
  ExpectMove({0xb0, 0xff}, 0);  // What follows the end does not count.
}

TEST(ArmUnwindInfo, WhatCannotBeUnwoundGivesNoRow) {
  for (const Instructions& instructions : {Instructions{0x80, 0x00},
                                           {0x9d},
                                           {0x9f},
                                           {0xb1, 0x00},
                                           {0xb1, 0x10},
                                           {0xb6},
                                           {0xb7},
                                           {0xc7, 0x00},
                                           {0xca},
                                           {0xd8},
                                           {0xff},
                                           {0x82, 0x00} /* pop {r13} */,
                                           {0xa0, 0x94} /* vsp = what was popped */,
                                           {0xb2, 0xff, 0xff, 0xff, 0xff, 0x01}}) {
    EXPECT_EQ(RowOfArmInstructions(instructions).error().code, Code::kUnsupported);
  }
}

TEST(ArmUnwindInfo, InstructionsComeInFourForms) {
  EXPECT_EQ(*ReadInlineArmInstructions(0x80a8b0b0), (Instructions{0xa8, 0xb0, 0xb0}));
  testing::ByteSink first;
  first.U32(0x80030a0b);
  EXPECT_EQ(*ReadArmInstructions(first.bytes()), (Instructions{0x03, 0x0a, 0x0b}));
  testing::ByteSink second;
  second.U32(0x8101aabb).U32(0x01020304).U32(0x99999999);
  EXPECT_EQ(*ReadArmInstructions(second.bytes()), (Instructions{0xaa, 0xbb, 1, 2, 3, 4}));
  testing::ByteSink generic;  // A distance to the routine, then words as the second routine has them.
  generic.U32(0x7ffff000).U32(0x01aabbcc).U32(0x01020304);
  EXPECT_EQ(*ReadArmInstructions(generic.bytes()), (Instructions{0xaa, 0xbb, 0xcc, 1, 2, 3, 4}));
}

TEST(ArmUnwindInfo, BrokenRecordsAreRefused) {
  EXPECT_EQ(ReadInlineArmInstructions(0x00a8b0b0).error().code, Code::kBadValue);
  EXPECT_EQ(ReadInlineArmInstructions(0x81a8b0b0).error().code, Code::kUnsupported);
  EXPECT_EQ(ReadArmInstructions({}).error().code, Code::kTruncated);
  testing::ByteSink cut;
  cut.U32(0x8102aabb).U32(0x01020304);
  EXPECT_EQ(ReadArmInstructions(cut.bytes()).error().code, Code::kTruncated);
  testing::ByteSink unknown;
  unknown.U32(0x83000000);
  EXPECT_EQ(ReadArmInstructions(unknown.bytes()).error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace cairn::native
