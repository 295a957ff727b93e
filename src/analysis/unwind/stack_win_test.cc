#include "analysis/unwind/stack_win.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kEbp;
using model::kEbx;
using model::kEip;
using model::kEsp;
using model::StackWinRow;

constexpr std::string_view kStandardProgram = "$T0 $ebp = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + =";
constexpr std::string_view kSearchProgram = "$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + =";

StackWinRow FrameData(std::uint64_t start, std::string_view program) {
  return {.kind = StackWinRow::Kind::kFrameData,
          .start = {start},
          .size = 0x100,
          .program = std::string(program)};
}
StackWinRow Fpo(std::uint64_t start) { return {.start = {start}, .size = 0x100}; }

class StackWinTest : public ::testing::Test {
 protected:
  StackWinTest() : process_(model::Cpu::kX86, model::Os::kWindows) {
    process_.registers.Set(kEip, kTestApp + 0x1010);
    process_.registers.Set(kEsp, kTestStack);
    process_.registers.Set(kEbp, kTestStack + 0x20);
  }
  testing::StackBuilder Stack() const { return process_.Stack(); }

  TestProcess process_;
};

constexpr std::uint64_t kInner = kTestApp + 0x1111;  // A return address in Inner, and so on.
constexpr std::uint64_t kMain = kTestApp + 0x1211;
constexpr std::uint64_t kOutside = kTestLibrary + 0x501;

TEST_F(StackWinTest, ProgramGivesTheCaller) {
  process_.app.StackWin(FrameData(0x1000, kStandardProgram));
  process_.registers.Set(kEbx, 0xb0);
  const auto frames =
      process_.Walk(Stack().Words(8, 0).Word(kTestStack + 0x2c).Word(kInner).Words(3, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].trust, model::Trust::kCfi);
  EXPECT_EQ(frames[1].instruction.value, kInner - 1);
  EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 0x28);
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x2c);
  EXPECT_EQ(frames[1].registers.Get(kEbx), 0xb0u) << "nothing is said of it";
  EXPECT_EQ(frames[1].registers.Get(model::kEsi), std::nullopt);
}

//   + 0x00  8 bytes of locals, 4 of saved registers      + 0x0c  return address
TEST_F(StackWinTest, SearchStartsAboveLocalsAndSavedRegisters) {
  StackWinRow row = FrameData(0x1000, kSearchProgram);
  row.local_bytes = 8;
  row.saved_register_bytes = 4;
  process_.app.StackWin(row);
  const auto frames = process_.Walk(Stack().Words(3, kOutside).Word(kInner).Words(8, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].instruction.value, kInner - 1) << "what looks like return addresses below is skipped";
  EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 0x10);
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x20) << "the function leaves it alone";
}

TEST_F(StackWinTest, StackMayBeAlignedToMoreThanAWord) {
  process_.app.StackWin(Fpo(0x1000));
  for (std::size_t words = 0; words < 3; ++words) {
    const auto frames = process_.Walk(Stack().Words(words, 0).Word(kInner).Words(12, 0).Build());
    ASSERT_GE(frames.size(), 2u) << words;
    EXPECT_EQ(frames[1].trust, model::Trust::kCfi);
    EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 4 * words + 4);
  }
}

// Inner pushed 8 bytes for Leaf, which its record or its FUNC line says; they lie below Inner's locals.
//
//   + 0x00  Leaf's return address    + 0x04  its parameters    + 0x0c  Inner's return address
TEST_F(StackWinTest, ParametersOfTheCalleesCalleeAreSkipped) {
  const auto stack = Stack().Word(kInner).Words(2, kOutside).Word(kMain).Words(8, 0).Build();
  StackWinRow leaf = Fpo(0x1000);
  leaf.parameter_bytes = 8;
  process_.app.StackWin(leaf).StackWin(FrameData(0x1100, kSearchProgram));
  auto frames = process_.Walk(stack);
  ASSERT_GE(frames.size(), 3u);
  EXPECT_EQ(frames[2].instruction.value, kMain - 1);
}

TEST_F(StackWinTest, ParameterBytesOfAFunctionDoWithoutARecord) {
  process_.app.ParameterBytes(8).StackWin(FrameData(0x1100, kSearchProgram));
  process_.registers.Set(kEbp, 0);
  const auto frames = process_.Walk(Stack().Word(kInner).Words(2, kOutside).Word(kMain).Words(8, 0).Build());
  ASSERT_GE(frames.size(), 3u);
  EXPECT_EQ(frames[1].trust, model::Trust::kScan);
  EXPECT_EQ(frames[2].instruction.value, kMain - 1);
}

//   + 0x00  saved ebp, saved esi    + 0x08  return address
TEST_F(StackWinTest, FpoFunctionMaySaveEbp) {
  StackWinRow row = Fpo(0x1000);
  row.saved_register_bytes = 8;
  row.allocates_base_pointer = true;
  process_.app.StackWin(row);
  const auto frames = process_.Walk(Stack().Word(kTestStack + 0x18).Word(0).Word(kInner).Words(8, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 0xc);
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x18);
}

// A system call that has just returned leaves its return address, the context's own eip, on the stack.
TEST_F(StackWinTest, ReturnAddressOfASystemCallIsLeftOver) {
  process_.app.StackWin(Fpo(0x1000));
  const auto frames = process_.Walk(Stack().Word(kTestApp + 0x1010).Word(kInner).Words(12, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].instruction.value, kInner - 1);
  EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 8);
}

TEST_F(StackWinTest, AlignedFrameKeepsItsReturnAddressAboveEbp) {
  process_.app.StackWin(
      FrameData(0x1000, "$T1 .raSearch = $T0 $T1 4 - 8 @ = $eip $T1 ^ = $ebp $T1 4 - ^ = $esp $T1 4 + ="));
  const auto frames =
      process_.Walk(Stack().Words(8, kOutside).Word(kTestStack + 0x2c).Word(kInner).Words(8, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].instruction.value, kInner - 1);
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x2c);
}

// The record is wrong: its return address is in no module. The true one is found above.
TEST_F(StackWinTest, ReturnAddressInNoModuleIsSearchedAbove) {
  process_.app.StackWin(FrameData(0x1000, kSearchProgram));
  const auto frames = process_.Walk(Stack().Words(6, 0x1234).Word(kInner).Words(12, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].trust, model::Trust::kCfiScan);
  EXPECT_EQ(frames[1].instruction.value, kInner - 1);
  EXPECT_EQ(frames[1].registers.Get(kEsp), kTestStack + 0x1c);
}

// The program takes ebp from a place that holds something else; it is saved one word further up.
//
//   + 0x00  7 (ebp?)   + 0x04  saved ebp   + 0x08  return address
TEST_F(StackWinTest, EbpThatIsNoneIsSearchedAmongSavedRegisters) {
  StackWinRow row = FrameData(0x1000, "$eip .raSearch ^ = $ebp $esp ^ = $esp .raSearch 4 + =");
  row.saved_register_bytes = 8;
  process_.app.StackWin(row);
  const auto frames = process_.Walk(Stack().Word(7).Word(kTestStack + 0x1c).Word(kInner).Words(8, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].instruction.value, kInner - 1);
  EXPECT_EQ(frames[1].registers.Get(kEbp), kTestStack + 0x1c);
}

TEST_F(StackWinTest, ProgramThatFailsLeavesTheStepToOtherMethods) {
  const auto stack = Stack().Words(8, 0).Word(kTestStack + 0x2c).Word(kInner).Words(3, 0).Build();
  for (const std::string_view program : {"$eip 1 0 / =", "", "$eip $esp ^ =", "$esp 4 =",
                                         "$eip 4 = $esp 4096 ^ =", "$T0 $nobody = $eip 1 ="}) {
    TestProcess process = process_;
    process.app.StackWin(FrameData(0x1000, program));
    const auto frames = process.Walk(stack);
    ASSERT_GE(frames.size(), 2u) << program;
    EXPECT_EQ(frames[1].trust, model::Trust::kFramePointer) << program;
  }
}

TEST_F(StackWinTest, HostileSizesEnd) {
  for (const std::uint32_t size : {0xffffffffu, 0x80000000u, 0xfffffff0u}) {
    TestProcess process = process_;
    StackWinRow row = FrameData(0x1000, "$eip 4660 = $esp 4294967295 = $ebp 1 =");
    row.saved_register_bytes = size;
    row.local_bytes = size;
    row.parameter_bytes = size;
    process.app.StackWin(row);
    EXPECT_GE(process.Walk(Stack().Words(16, kInner).Build()).size(), 1u);
  }
}

}  // namespace
}  // namespace cairn::unwind
