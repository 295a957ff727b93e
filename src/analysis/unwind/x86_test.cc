#include "analysis/unwind/x86.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kEbp;
using model::kEip;
using model::kEsp;

class X86Test : public ::testing::Test {
 protected:
  X86Test() : process_(model::Cpu::kX86) {
    process_.registers.Set(kEip, kTestLibrary + 0x1010);
    process_.registers.Set(kEsp, kTestStack);
  }
  TestProcess process_;
};

//   + 0x00  local            esp
//   + 0x04  saved ebp, return address         ebp
//   + 0x0c  local
//   + 0x10  saved ebp 0, return address 0
TEST_F(X86Test, FollowsFramePointers) {
  process_.registers.Set(kEbp, kTestStack + 4);
  const auto frames = process_.Walk(process_.Stack()
                                        .Word(0)
                                        .Word(kTestStack + 0x10)
                                        .Word(kTestLibrary + 0x2001)
                                        .Word(0)
                                        .Word(0)
                                        .Word(0)
                                        .Word(kTestLibrary + 0x3001)
                                        .Build());
  ASSERT_EQ(Trusts(frames), "context frame_pointer") << "the zeros end the chain";
  EXPECT_EQ(frames[1].instruction.value, kTestLibrary + 0x2000);
  EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 0xc);
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x10);
}

TEST_F(X86Test, FramePointerBelowTheStackPointerIsOld) {
  process_.registers.Set(kEbp, kTestStack);
  process_.registers.Set(kEsp, kTestStack + 8);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack()
                                     .Word(kTestStack + 0xc)
                                     .Word(kTestLibrary + 0x2001)
                                     .Word(kTestLibrary + 0x3001)
                                     .Build())),
            "context scan");
}

// ebp may hold any number. On Windows, code without frame pointers was common.
TEST_F(X86Test, RecordMustHoldALinkOrAReturnAddress) {
  process_.registers.Set(kEbp, kTestStack);
  const auto stack = process_.Stack().Word(0x1234).Word(0x0123'4567).Word(kTestLibrary + 0x2001).Build();
  process_.os = model::Os::kWindows;
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context scan");
  process_.os = model::Os::kLinux;
  EXPECT_EQ(Trusts(process_.Walk(stack)).substr(0, 21), "context frame_pointer")
      << "the dump may not list all modules";
  process_.mappings = {{.start = {kTestLibrary}, .end = {kTestLibrary + 0x10000}, .executable = true}};
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context scan");
}

TEST_F(X86Test, ChainIsFollowedThroughCodeThatWasMadeAtRunTime) {
  process_.os = model::Os::kWindows;
  process_.registers.Set(kEbp, kTestStack);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack()
                                     .Word(kTestStack + 8)
                                     .Word(0x0123'4567)
                                     .Word(0)
                                     .Word(kTestLibrary + 0x2001)
                                     .Build())),
            "context frame_pointer frame_pointer");
}

TEST_F(X86Test, ScanRecoversTheFramePointer) {
  const auto frames = process_.Walk(process_.Stack()
                                        .Word(0)
                                        .Word(kTestStack + 0x10)  // Saved ebp.
                                        .Word(kTestLibrary + 0x2001)
                                        .Word(0)
                                        .Word(0)
                                        .Word(kTestLibrary + 0x3001)
                                        .Build());
  ASSERT_EQ(Trusts(frames), "context scan frame_pointer");
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x10);
}

TEST_F(X86Test, LastPageHoldsNoCode) {
  process_.modules[1] = {.base = {0xffffe000}, .size = 0x2000, .code_file = "linux-gate.so"};
  process_.registers.Set(kEip, kTestApp + 0x1010);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Word(0xfffffffd).Word(0xffffe410).Build())),
            "context scan");
}

}  // namespace
}  // namespace cairn::unwind
