#include "analysis/unwind/amd64.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kRbp;
using model::kRdi;
using model::kRip;
using model::kRsi;
using model::kRsp;

class WindowsAmd64Test : public ::testing::Test {
 protected:
  WindowsAmd64Test() : process_(model::Cpu::kAmd64, model::Os::kWindows) {
    process_.registers.Set(kRip, kTestApp + 0x1010);
    process_.registers.Set(kRsp, kTestStack);
  }
  TestProcess process_;
};

TEST(Amd64, CanonicalAddressesRepeatBit47) {
  EXPECT_TRUE(IsCanonicalAmd64(0x00007fffffffffff));
  EXPECT_FALSE(IsCanonicalAmd64(0x0000800000000000));
  EXPECT_FALSE(IsCanonicalAmd64(0xffff7fffffffffff));
  EXPECT_TRUE(IsCanonicalAmd64(0xffff800000000000));
}

TEST_F(WindowsAmd64Test, FunctionWithoutUnwindDataIsALeaf) {
  process_.registers.Set(kRdi, 0xd1);
  process_.registers.Set(model::kRcx, 0xcc);
  const auto frames = process_.Walk(process_.Stack().Word(kTestApp + 0x1111).Build());
  ASSERT_EQ(Trusts(frames), "context leaf");
  EXPECT_EQ(frames[1].instruction.value, kTestApp + 0x1110);
  EXPECT_EQ(frames[1].registers.Get(kRsp), kTestStack + 8);
  EXPECT_EQ(frames[1].registers.Get(kRdi), 0xd1u) << "kept by functions of Windows";
  EXPECT_EQ(frames[1].registers.Get(model::kRcx), std::nullopt);
}

TEST_F(WindowsAmd64Test, OnlyTheInnermostFunctionOfWindowsCanBeALeaf) {
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Word(kTestApp + 0x1111).Word(kTestApp + 0x1211).Build())),
            "context leaf scan");
  process_.os = model::Os::kLinux;
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Word(kTestApp + 0x1111).Build())), "context scan");
}

TEST_F(WindowsAmd64Test, FunctionWithUnwindDataIsNoLeaf) {
  process_.app.Row(0x1000, 0x100, testing::RowAboveRsp(16));
  const auto frames = process_.Walk(process_.Stack().Word(kTestApp + 0x1211).Word(kTestApp + 0x1111).Build());
  ASSERT_EQ(Trusts(frames), "context cfi");
  EXPECT_EQ(frames[1].instruction.value, kTestApp + 0x1110);
}

TEST_F(WindowsAmd64Test, CallFrameInformationKeepsRdiAndRsi) {
  process_.app.Row(0x1000, 0x100, testing::RowAboveRsp(8));
  process_.registers.Set(kRdi, 0xd1);
  process_.registers.Set(kRsi, 0x51);
  const testing::MemorySpec stack = process_.Stack().Word(kTestApp + 0x1111).Build();
  EXPECT_EQ(process_.Walk(stack)[1].registers.Get(kRdi), 0xd1u);
  EXPECT_EQ(process_.Walk(stack)[1].registers.Get(kRsi), 0x51u);
  process_.os = model::Os::kLinux;
  EXPECT_EQ(process_.Walk(stack)[1].registers.Get(kRdi), std::nullopt);
}

// UNWIND_INFO lets rbp point up to 240 bytes into the frame:
//
//   + 0x08  rbp, 0x20 below the record
//   + 0x28  saved rbp, return address
TEST_F(WindowsAmd64Test, FramePointerMayPointBelowItsRecord) {
  process_.registers.Set(kRbp, kTestStack + 0x08);
  const auto frames = process_.Walk(
      process_.Stack().Words(5, 0).Word(kTestStack + 0x40).Word(kTestApp + 0x1111).Words(4, 0).Build());
  ASSERT_EQ(Trusts(frames), "context frame_pointer");
  EXPECT_EQ(frames[1].instruction.value, kTestApp + 0x1110);
  EXPECT_EQ(frames[1].registers.Get(kRsp), kTestStack + 0x38);
  EXPECT_EQ(frames[1].registers.Get(kRbp), kTestStack + 0x40);
}

TEST_F(WindowsAmd64Test, FramePointerIsNotBelievedPastOtherReturnAddresses) {
  process_.registers.Set(kRbp, kTestStack + 0x08);
  const auto frames = process_.Walk(process_.Stack()
                                        .Words(2, 0)
                                        .Word(kTestApp + 0x1211)
                                        .Words(2, 0)
                                        .Word(kTestStack + 0x40)
                                        .Word(kTestApp + 0x1111)
                                        .Words(4, 0)
                                        .Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].trust, model::Trust::kScan);
  EXPECT_EQ(frames[1].instruction.value, kTestApp + 0x1210);
}

TEST_F(WindowsAmd64Test, FramePointerNeedsAReturnAddress) {
  process_.registers.Set(kRbp, kTestStack);
  const auto stack =
      process_.Stack().Word(kTestStack + 0x10).Word(0x123456).Word(0).Word(kTestApp + 0x1111).Build();
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context scan");
  process_.os = model::Os::kLinux;
  EXPECT_EQ(Trusts(process_.Walk(stack)).substr(0, 21), "context frame_pointer") << "as System V demands it";
}

}  // namespace
}  // namespace cairn::unwind
