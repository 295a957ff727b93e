#include "analysis/unwind/arm.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kArmFp;
using model::kArmLr;
using model::kArmPc;
using model::kArmR7;
using model::kArmSp;
using model::RuleOp;
using testing::Constant;
using testing::Op;
using testing::Reg;
using Addresses = std::vector<std::uint64_t>;

constexpr std::uint64_t kThumb = 1;
constexpr std::uint64_t kLeaf = kTestApp + 0x1010;
constexpr std::uint64_t kInInner = kTestApp + 0x1120;
constexpr std::uint64_t kInMain = kTestApp + 0x1240;
constexpr std::uint64_t kInStart = kTestLibrary + 0x40;

class ArmTest : public ::testing::Test {
 protected:
  ArmTest() : process_(model::Cpu::kArm) {
    process_.registers.Set(kArmPc, kLeaf);
    process_.registers.Set(kArmSp, kTestStack);
    process_.registers.Set(kArmLr, kInInner | kThumb);
  }
  TestProcess process_;
};

TEST_F(ArmTest, CallerOfALeafIsInLrAndTheOthersAreScannedFor) {
  process_.registers.Set(4, 0x4444);
  const auto frames = process_.Walk(
      process_.Stack().Words(3, 7).Word(kInMain).Words(5, 7).Word(kInStart | kThumb).Words(4, 0).Build());
  ASSERT_EQ(Trusts(frames), "context leaf scan scan");
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 2, kInMain - 2, kInStart - 2}));
  EXPECT_EQ(frames[1].resume_address.value, kInInner) << "without the bit of Thumb";
  EXPECT_EQ(frames[1].registers.Get(4), 0x4444u);
  EXPECT_EQ(frames[3].registers.Get(kArmSp), kTestStack + 10 * 4);
}

// A word that is even and no multiple of four can be a return address of neither instruction set. In a
// Firefox dump of Android both older tools take such words of a library's data for frames.
TEST_F(ArmTest, MiddleOfAnArmInstructionIsNoReturnAddress) {
  process_.registers.Set(kArmLr, 0);
  const auto frames = process_.Walk(process_.Stack().Word(kInMain + 2).Word(kInMain + 3).Words(4, 0).Build());
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInMain + 2 - 2}));
}

TEST_F(ArmTest, LrThatPointsIntoTheFunctionItselfIsOld) {
  process_.registers.Set(kArmPc, kInInner + 4);
  EXPECT_EQ(Instructions(process_.Walk(process_.Stack().Words(2, 0).Word(kInMain).Words(4, 0).Build())),
            (Addresses{kInInner + 4, kInMain - 2}));
}

TEST_F(ArmTest, FramePointersAreFollowedOnIosAndWindows) {
  const auto stack = process_.Stack()
                         .Word(kInStart)  // Left by an earlier call; a scan would take it.
                         .Word(0)
                         .Word(kTestStack + 0x18)
                         .Word(kInMain | kThumb)
                         .Words(2, 0)
                         .Word(0)
                         .Word(kInStart | kThumb)
                         .Words(4, 0)
                         .Build();
  for (const auto& [os, frame_pointer] :
       {std::pair(model::Os::kIos, kArmR7), std::pair(model::Os::kWindows, kArmFp)}) {
    process_.os = os;
    process_.registers.Set(frame_pointer, kTestStack + 8);
    process_.registers.Set(kArmLr, kInInner | kThumb);
    const auto frames = process_.Walk(stack);
    EXPECT_EQ(Trusts(frames), "context leaf frame_pointer frame_pointer");
    EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 2, kInMain - 2, kInStart - 2}));
    process_.registers.Set(kArmLr, kInMain | kThumb);
    EXPECT_EQ(Trusts(process_.Walk(stack)), "context frame_pointer frame_pointer") << "lr is in the record";
  }
  process_.os = model::Os::kAndroid;
  EXPECT_EQ(Trusts(process_.Walk(stack)).substr(0, 17), "context leaf scan");
}

TEST_F(ArmTest, ScanOnIosFindsBackToTheChain) {
  process_.os = model::Os::kIos;
  process_.registers.Set(kArmLr, 0);
  const auto frames = process_.Walk(process_.Stack()
                                        .Word(0)
                                        .Word(kTestStack + 0x10)
                                        .Word(kInMain)
                                        .Word(kInMain)
                                        .Word(0)
                                        .Word(kInStart)
                                        .Words(4, 0)
                                        .Build());
  EXPECT_EQ(Trusts(frames), "context scan frame_pointer");
}

TEST_F(ArmTest, RowsGiveReturnAddressesWithTheBitOfThumb) {
  model::UnwindRow row;
  row.cfa = {Reg(kArmSp), Constant(8), Op(RuleOp::kAdd)};
  row.return_address = {Op(RuleOp::kCfa), Constant(-4), Op(RuleOp::kAdd), Op(RuleOp::kDereference)};
  row.registers = {{kArmLr, row.return_address},
                   {kArmFp, {Op(RuleOp::kCfa), Constant(-8), Op(RuleOp::kAdd), Op(RuleOp::kDereference)}}};
  process_.app.Row(0x1000, 0x100, row);
  const auto frames = process_.Walk(process_.Stack().Word(0xf0f1).Word(kInMain | kThumb).Words(4, 0).Build());
  ASSERT_EQ(Trusts(frames), "context cfi");
  EXPECT_EQ(frames[1].resume_address.value, kInMain);
  EXPECT_EQ(frames[1].registers.Get(kArmLr), kInMain);
  EXPECT_EQ(frames[1].registers.Get(kArmFp), 0xf0f1u) << "other registers are as they were";
}

// Without symbols the code before pc tells whether lr may be what a later call left.
TEST_F(ArmTest, LrThatWasStoredIsOld) {
  const std::uint64_t pc = kTestLibrary + 0x1000;
  process_.registers.Set(kArmPc, pc);
  const auto stack = process_.Stack().Words(3, 7).Word(kInMain).Words(4, 0).Build();
  const auto walk_behind = [&](std::vector<std::byte> code) {
    process_.PutCode(pc, std::move(code));
    return Trusts(process_.Walk(stack));
  };
  const auto thumb = [](std::uint16_t first, std::uint16_t second) {
    return testing::ByteSink().U16(first).U16(second).U16(0xbf00).U16(0xbf00).U16(0xbf00).Take();
  };
  constexpr std::uint32_t kNop = 0xe1a00000;
  // push {r4, lr}; push {lr}
  for (const std::uint32_t word : {0xe92d4010u, 0xe52de004u}) {
    EXPECT_EQ(walk_behind(testing::CodeBytes({word, kNop, kNop})), "context scan") << std::hex << word;
  }
  // pop {r4, lr}; pop {r4, pc}; pop {lr}; pop {pc}; bx lr; not of lr: push {r4, r5}
  for (const std::uint32_t word : {0xe8bd4010u, 0xe8bd8010u, 0xe49de004u, 0xe49df004u, 0xe12fff1eu}) {
    EXPECT_EQ(walk_behind(testing::CodeBytes({0xe92d4010u, word, kNop})), "context leaf scan")
        << std::hex << word;
  }
  EXPECT_EQ(walk_behind(testing::CodeBytes({0xe92d0030u, kNop, kNop})), "context leaf scan")
      << "push {r4, r5}";
  EXPECT_EQ(walk_behind(testing::CodeBytes({0xe92d4010u, 0xe8bd0030u, kNop})), "context scan")
      << "pop {r4, r5}";
  EXPECT_EQ(walk_behind(thumb(0xbf00, 0xb510)), "context scan") << "push {r4, lr}";
  EXPECT_EQ(walk_behind(thumb(0xe92d, 0x4100)), "context scan") << "push.w {r8, lr}";
  EXPECT_EQ(walk_behind(thumb(0xf84d, 0xed04)), "context scan") << "push.w {lr}";
  EXPECT_EQ(walk_behind(thumb(0xe92d, 0x0300)), "context leaf scan") << "push.w {r8, r9}";
  // pop {r4, pc}; bx lr; pop.w {r8, pc}; pop.w {r8, lr}; pop.w {lr}; pop.w {pc}
  using Halves = std::pair<std::uint16_t, std::uint16_t>;
  for (const auto& [first, second] :
       {Halves(0xbf00, 0xbd10), Halves(0xbf00, 0x4770), Halves(0xe8bd, 0x8100), Halves(0xe8bd, 0x4100),
        Halves(0xf85d, 0xeb04), Halves(0xf85d, 0xfb04)}) {
    const auto code = testing::ByteSink().U16(0xbf00).U16(0xb510).U16(first).U16(second).U16(0xbf00).Take();
    EXPECT_EQ(walk_behind(code), "context leaf scan") << std::hex << first << " " << second;
  }
}

// Frames of ART's interpreter are larger than 40 words; where data is not taken for code, the scan looks on.
TEST_F(ArmTest, ScanLooksFurtherWhereMappingsAreKnown) {
  const auto stack = process_.Stack().Words(100, 0).Word(kInMain).Words(4, 0).Build();
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context leaf");
  process_.mappings = {{.start = {kTestApp}, .end = {kTestApp + kTestModuleSize}, .executable = true}};
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context leaf scan");
}

TEST_F(ArmTest, BigEndianStackIsRead) {
  process_.order = std::endian::big;
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(3, 0).Word(kInMain).Words(4, 0).Build())),
            "context leaf scan");
}

std::vector<std::byte> Thumb(std::uint16_t before, std::uint16_t first, std::uint16_t second) {
  return testing::ByteSink().U16(0xbf00).U16(before).U16(first).U16(second).Take();
}

TEST(ArmCalls, AreKnownByTheirEncodings) {
  constexpr std::uint32_t kNop = 0xe1a00000;  // mov r0, r0; the nop of Armv6K looks like a blx of Thumb.
  // bl; blne; blx to Thumb; blx r3; blxne r3
  for (const std::uint32_t word : {0xeb000004u, 0x1b000004u, 0xfa000004u, 0xe12fff33u, 0x112fff33u}) {
    EXPECT_TRUE(EndsWithArmCall(testing::CodeBytes({kNop, word}))) << std::hex << word;
    EXPECT_FALSE(EndsWithArmCall(testing::CodeBytes({word, kNop}))) << std::hex << word;
  }
  EXPECT_TRUE(EndsWithArmCall(testing::CodeBytes({0xe1a0e00f, 0xe12fff13}))) << "mov lr, pc; bx r3";
  EXPECT_FALSE(EndsWithArmCall(testing::CodeBytes({kNop, 0xea000004}))) << "b";
  EXPECT_FALSE(EndsWithArmCall(testing::CodeBytes({kNop, 0xe12fff1e}))) << "bx lr";
  EXPECT_FALSE(EndsWithArmCall({}));
}

TEST(ThumbCalls, AreKnownByTheirEncodings) {
  constexpr std::uint16_t kNop = 0xbf00;
  EXPECT_TRUE(EndsWithArmCall(Thumb(kNop, 0xf000, 0xf808))) << "bl";
  EXPECT_TRUE(EndsWithArmCall(Thumb(kNop, 0xf000, 0xe808))) << "blx to ARM";
  EXPECT_TRUE(EndsWithArmCall(Thumb(kNop, kNop, 0x4798))) << "blx r3";
  EXPECT_FALSE(EndsWithArmCall(Thumb(kNop, 0xf000, 0xb808))) << "b.w";
  EXPECT_FALSE(EndsWithArmCall(Thumb(kNop, kNop, 0x4770))) << "bx lr";
  EXPECT_FALSE(EndsWithArmCall(Thumb(0xf000, 0xf808, kNop))) << "bl before a nop";
}

}  // namespace
}  // namespace cairn::unwind
