// What all CPUs with frame records share, on arm64; arm_test.cc and riscv_test.cc have other shapes.
#include "analysis/unwind/frame_record.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kArm64Fp;
using model::kArm64Pc;
using model::kArm64Sp;

constexpr std::uint64_t kInMain = kTestApp + 0x1240;
constexpr std::uint64_t kJit = 0x0100'0000;  // In no module.

class FrameRecordTest : public ::testing::Test {
 protected:
  FrameRecordTest() : process_(model::Cpu::kArm64) {
    process_.registers.Set(kArm64Pc, kTestApp + 0x1010);
    process_.registers.Set(kArm64Sp, kTestStack);
    process_.registers.Set(kArm64Fp, kTestStack);
  }
  std::string Walk(std::uint64_t saved, std::uint64_t return_address) {
    const auto stack = process_.Stack().Word(saved).Word(return_address).Words(8, 0).Build();
    return Trusts(process_.Walk(stack));
  }
  TestProcess process_;
};

TEST_F(FrameRecordTest, RecordMayStandRightAtTheStackPointer) {
  EXPECT_EQ(Walk(0, kInMain), "context frame_pointer");
}

// A frame below sp is gone: the return address above sp is found by a scan.
TEST_F(FrameRecordTest, RecordBelowTheStackPointerIsNone) {
  process_.registers.Set(kArm64Sp, kTestStack + 8);
  EXPECT_EQ(Walk(0, kInMain), "context scan");
}

TEST_F(FrameRecordTest, RecordAtAnOddPlaceIsNone) {
  process_.registers.Set(kArm64Fp, kTestStack + 4);
  const testing::ByteSink bytes = testing::ByteSink().U32(0).U64(0).U64(kInMain).U64(0).U32(0);
  EXPECT_EQ(Trusts(process_.Walk({kTestStack, bytes.bytes()})), "context");
}

TEST_F(FrameRecordTest, RecordThatIsCutOffIsNone) {
  const auto stack = process_.Stack().Word(0).Build();
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context");
  process_.registers.Set(kArm64Fp, ~std::uint64_t{7});
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context") << "at the end of the address space";
}

// Code that was made at run time: believed if the chain goes on, or ends, behind it.
TEST_F(FrameRecordTest, ReturnAddressInNoModuleNeedsAChain) {
  EXPECT_EQ(Walk(kTestStack + 0x20, kJit), "context frame_pointer");
  EXPECT_EQ(Walk(0, kJit), "context frame_pointer");
  EXPECT_EQ(Walk(kTestStack - 0x20, kJit), "context");
  EXPECT_EQ(Walk(kTestStack + 0x1000, kJit), "context") << "behind the stack";
  EXPECT_EQ(Walk(0, 0xffff'8000'0000'0000), "context") << "in the kernel's half";
  process_.mappings = {{.start = {kTestApp}, .end = {kTestApp + kTestModuleSize}, .executable = true}};
  EXPECT_EQ(Walk(0, kJit), "context") << "where the mappings are known and it is in none";
}

TEST_F(FrameRecordTest, ZeroInACallersFramePointerEndsTheStack) {
  const auto stack = process_.Stack().Word(0).Word(kInMain).Word(kInMain).Words(8, 0).Build();
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context frame_pointer") << "the second is not scanned for";
}

// Without symbols a scan stops at the first return address; beside it stands what main saved, if it is near.
TEST_F(FrameRecordTest, ScanTakesTheFramePointerBesideItsSlot) {
  process_.registers.Set(kArm64Fp, 1);
  const auto saved_after_scan = [&](std::uint64_t saved) {
    const auto frames = process_.Walk(process_.Stack().Word(saved).Word(kInMain).Words(20000, 0).Build());
    EXPECT_EQ(frames.at(1).trust, model::Trust::kScan);
    return frames.at(1).registers.Get(kArm64Fp);
  };
  EXPECT_EQ(saved_after_scan(kTestStack + 0x10), kTestStack + 0x10);
  EXPECT_EQ(saved_after_scan(kTestStack + 8), std::nullopt) << "at the return address";
  EXPECT_EQ(saved_after_scan(kTestStack + 0x14), std::nullopt) << "not aligned";
  EXPECT_EQ(saved_after_scan(kTestStack + 150000), std::nullopt) << "too far";
  EXPECT_EQ(saved_after_scan(kTestApp), std::nullopt) << "not in the stack";
}

TEST_F(FrameRecordTest, ScanKeepsAFramePointerThatLiesFurtherUp) {
  process_.registers.Set(kArm64Fp, kTestStack + 0x20);  // Leads to zeros: no record.
  const auto stack = process_.Stack().Word(0).Word(kInMain).Words(3, 0).Word(1).Words(8, 0).Build();
  const auto frames = process_.Walk(stack);
  ASSERT_EQ(frames.at(1).trust, model::Trust::kScan);
  EXPECT_EQ(frames[1].registers.Get(kArm64Fp), kTestStack + 0x20);
}

}  // namespace
}  // namespace cairn::unwind
