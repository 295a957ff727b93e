#include "analysis/unwind/walk.h"

#include <gtest/gtest.h>

#include <set>

#include "testing/sample_crash.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using model::kRbp;
using model::kRbx;
using model::kRip;
using model::kRsp;
using model::Trust;
using testing::kSampleLibrary;
using testing::kSampleMain;
using testing::kSampleStack;
using testing::StackBuilder;
using testing::TableSymbols;

// A process of two modules, crashy with symbols and libwork.so without.
class WalkTest : public ::testing::Test {
 protected:
  WalkTest() {
    crashy_.Function(0x1000, 0x100, "Inner").Function(0x1100, 0x100, "Outer").Function(0x1200, 0x100, "main");
    registers_.Set(kRip, kSampleMain + 0x1010);
    registers_.Set(kRsp, kSampleStack);
  }

  std::vector<model::Frame> Walk(const testing::MemorySpec& stack) {
    const AddressSpace space(modules_, mappings_);
    SymbolSet symbols(modules_.size());
    StackWalk walk({.os = os_,
                    .cpu = model::Cpu::kAmd64,
                    .space = space,
                    .symbols = symbols,
                    .stack = StackMemory({{stack.address}, stack.bytes})},
                   registers_);
    while (const std::optional<std::uint32_t> module = walk.Next()) {
      EXPECT_TRUE(asked_.insert(*module).second) << "asked twice for module " << *module;
      symbols.Answer(*module, *module == 0 ? &crashy_ : nullptr);
    }
    truncated_ = walk.truncated();
    wrong_tables_ = walk.wrong_tables();
    return walk.TakeFrames();
  }

  static std::string Trusts(const std::vector<model::Frame>& frames) {
    std::string text;
    for (const model::Frame& frame : frames)
      text += (text.empty() ? "" : " ") + std::string(TrustName(frame.trust));
    return text;
  }

  std::vector<model::Module> modules_ = {
      {.base = {kSampleMain}, .size = 0x10000, .code_file = "crashy"},
      {.base = {kSampleLibrary}, .size = 0x2000, .code_file = "libwork.so"}};
  std::vector<model::MemoryMapping> mappings_;
  TableSymbols crashy_;
  model::Os os_ = model::Os::kLinux;
  model::Registers registers_;
  std::set<std::uint32_t> asked_;
  bool truncated_ = false;
  std::uint32_t wrong_tables_ = 0;
};

TEST_F(WalkTest, EachMethodFindsItsFrame) {
  model::UnwindRow row = testing::RowAboveRsp(16);
  row.registers = {{kRbx, {testing::Reg(kRsp), testing::Op(model::RuleOp::kDereference)}}};
  crashy_.Row(0x1000, 0x100, row);
  registers_ = testing::SampleRegisters();
  const std::vector<model::Frame> frames = Walk(testing::SampleStack());
  ASSERT_EQ(Trusts(frames), "context cfi frame_pointer scan");
  EXPECT_EQ(frames[0].instruction.value, kSampleMain + 0x1010) << "the context's pc is exact";
  EXPECT_EQ(frames[1].instruction.value, kSampleMain + 0x1120) << "callers are named by the call before";
  EXPECT_EQ(frames[1].resume_address.value, kSampleMain + 0x1121);
  EXPECT_EQ(frames[1].registers.Get(kRbx), 0xb0b0u) << "restored by its rule";
  EXPECT_EQ(frames[1].registers.Get(model::kR12), registers_.Get(model::kR12)) << "callee-saved, no rule";
  EXPECT_EQ(frames[1].registers.Get(model::kRax), std::nullopt);
  EXPECT_EQ(frames[2].instruction.value, kSampleLibrary + 0x500);
  EXPECT_EQ(frames[2].module, 1u);
  EXPECT_EQ(frames[3].instruction.value, kSampleMain + 0x1210);
  EXPECT_EQ(frames[3].registers.Get(kRbp), kSampleStack + 0x80) << "a scan keeps an rbp that can be a frame";
  EXPECT_FALSE(truncated_);
}

// A signal on an alternate stack interrupts Outer before its first instruction. Inner is the handler, and
// returns to the trampoline at 0x1800, behind main's end:
//
//   stack + 0x00  Inner's return address: the trampoline
//   stack + 0x08  interrupted pc: Outer      stack + 0x10  interrupted sp, which is lower
TEST_F(WalkTest, InterruptedFrameKeepsItsExactPc) {
  const auto saved_at = [](std::int64_t offset) {
    return model::Rule{testing::Reg(kRsp), testing::Constant(offset), testing::Op(model::RuleOp::kAdd),
                       testing::Op(model::RuleOp::kDereference)};
  };
  model::UnwindRow trampoline;
  trampoline.cfa = saved_at(8);
  trampoline.return_address = {testing::Reg(kRsp), testing::Op(model::RuleOp::kDereference)};
  trampoline.is_signal_frame = true;
  crashy_.Row(0x1000, 0x100, testing::RowAboveRsp(8)).Row(0x17ff, 0x10, trampoline);
  const std::uint64_t lower = kSampleStack - 0x1000;
  const std::vector<model::Frame> frames = Walk(
      StackBuilder(kSampleStack).Word(kSampleMain + 0x1800).Word(kSampleMain + 0x1100).Word(lower).Build());
  ASSERT_EQ(Trusts(frames), "context cfi cfi");
  EXPECT_EQ(frames[1].instruction.value, kSampleMain + 0x1800) << "nobody called the trampoline";
  EXPECT_EQ(frames[2].instruction.value, kSampleMain + 0x1100)
      << "Outer's first instruction, not Inner's last";
  EXPECT_EQ(frames[2].resume_address, frames[2].instruction);
  EXPECT_EQ(frames[2].registers.Get(kRsp), lower);
}

// A call of a null pointer whose SIGSEGV has a handler: as with a context there, the caller is on the stack.
TEST_F(WalkTest, InterruptedJumpToNullFindsItsCaller) {
  model::UnwindRow trampoline = testing::RowAboveRsp(8);
  trampoline.return_address = {testing::Constant(0)};
  trampoline.is_signal_frame = true;
  crashy_.Row(0x1000, 0x100, trampoline);
  mappings_ = {{.start = {kSampleMain}, .end = {kSampleMain + 0x10000}, .executable = true}};
  const auto frames = Walk(StackBuilder(kSampleStack).Word(0).Word(kSampleMain + 0x1121).Build());
  ASSERT_EQ(Trusts(frames), "context cfi scan");
  EXPECT_EQ(frames[1].instruction.value, 0u);
}

TEST_F(WalkTest, TrampolinesThatInterruptEachOtherEnd) {
  model::UnwindRow row = testing::RowAboveRsp(8);
  row.cfa = {testing::Reg(kRsp)};
  row.return_address = {testing::Constant(static_cast<std::int64_t>(kSampleMain) + 0x1111)};
  row.is_signal_frame = true;
  crashy_.Row(0x1000, 0x200, row);
  EXPECT_EQ(Walk(StackBuilder(kSampleStack).Words(8, 0).Build()).size(), 1u + kMaxFramesWithoutAdvance);
}

TEST_F(WalkTest, EmptyReturnAddressRuleEndsTheStack) {
  model::UnwindRow row = testing::RowAboveRsp(8);
  row.return_address.clear();
  crashy_.Row(0x1000, 0x100, row);
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Words(8, kSampleMain + 0x1121).Build())), "context");
}

TEST_F(WalkTest, ZeroReturnAddressEndsTheStack) {
  crashy_.Row(0x1000, 0x100, testing::RowAboveRsp(8));
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Word(0).Words(8, kSampleMain + 0x1121).Build())),
            "context");
}

TEST_F(WalkTest, RuleThatFailsLeavesTheStepToTheScan) {
  model::UnwindRow row = testing::RowAboveRsp(16);
  row.cfa = {testing::Constant(1), testing::Constant(0), testing::Op(model::RuleOp::kDivide)};
  crashy_.Row(0x1000, 0x100, row);
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Word(kSampleMain + 0x1121).Build())), "context scan");
}

// 0xfffffffd as a caller, seen in a Firefox dump: where the mappings are known, the row is not believed.
TEST_F(WalkTest, RowThatLeadsOutOfAllCodeIsTheLastResort) {
  crashy_.Row(0x1000, 0x100, testing::RowAboveRsp(16));
  mappings_ = {{.start = {kSampleMain}, .end = {kSampleMain + 0x10000}, .executable = true}};
  const std::uint64_t nowhere = 0xfffffffd;
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Word(0).Word(nowhere).Word(kSampleMain + 0x1121).Build())),
            "context scan");
  EXPECT_EQ(wrong_tables_, 1u) << "which is said";
  asked_.clear();
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Word(0).Word(nowhere).Word(0).Build())), "context cfi");
  asked_.clear();
  mappings_.push_back({.start = {0xfffff000}, .end = {0x100000000}, .executable = true});
  EXPECT_EQ(
      Walk(StackBuilder(kSampleStack).Word(0).Word(nowhere).Word(kSampleMain + 0x1121).Build())[1].trust,
      Trust::kCfi)
      << "code that was made at run time";
}

// A scan found a stale return address into Inner, whose row leads nowhere; the walk goes on above what
// Inner's frame would be, and not at the next stale word.
TEST_F(WalkTest, GuessedFrameWhoseRowIsWrongIsSkippedAsAWhole) {
  crashy_.Row(0x1000, 0x100, testing::RowAboveRsp(32));
  registers_.Set(kRip, kSampleLibrary + 0x100);
  const auto frames = Walk(StackBuilder(kSampleStack)
                               .Word(kSampleMain + 0x1021)  // Stale; a row of 32 bytes follows.
                               .Word(kSampleMain + 0x1121)  // Stale too.
                               .Words(2, 0)
                               .Word(0x0001000000000000)
                               .Word(kSampleMain + 0x1211)
                               .Build());
  ASSERT_EQ(Trusts(frames), "context scan scan");
  EXPECT_EQ(frames[2].instruction.value, kSampleMain + 0x1210);
  EXPECT_EQ(wrong_tables_, 1u);
}

// A signal handler on a stack of its own, of which the dump holds nothing but the piece around its frames:
// the interrupted function's frames are read from the thread's stack.
TEST_F(WalkTest, RulesReadAllMemoryOfTheDump) {
  constexpr std::uint64_t kSignalStack = 0x7f11'0000'0000;
  model::UnwindRow trampoline;
  trampoline.cfa = {testing::Reg(kRsp), testing::Constant(8), testing::Op(model::RuleOp::kAdd),
                    testing::Op(model::RuleOp::kDereference)};
  trampoline.return_address = {testing::Reg(kRsp), testing::Op(model::RuleOp::kDereference)};
  trampoline.is_signal_frame = true;
  crashy_.Row(0x1000, 0x100, trampoline).Row(0x1100, 0x100, testing::RowAboveRsp(8));
  registers_.Set(kRsp, kSignalStack);
  const auto signal_stack = StackBuilder(kSignalStack).Word(kSampleMain + 0x1100).Word(kSampleStack).Build();
  const auto stack = StackBuilder(kSampleStack).Word(kSampleMain + 0x1211).Word(0).Build();
  const AddressSpace space(modules_, {});
  SymbolSet symbols(modules_.size());
  symbols.Answer(0, &crashy_);
  const model::MemoryView others[] = {{{signal_stack.address}, signal_stack.bytes},
                                      {{stack.address}, stack.bytes}};
  StackWalk walk({.os = os_,
                  .cpu = model::Cpu::kAmd64,
                  .space = space,
                  .symbols = symbols,
                  .stack = StackMemory(others[0], 8, std::endian::little, others)},
                 registers_);
  EXPECT_EQ(walk.Next(), std::nullopt);
  ASSERT_EQ(Trusts(walk.frames()), "context cfi cfi");
  EXPECT_EQ(walk.frames()[2].instruction.value, kSampleMain + 0x1210);
}

// rust-minidump 0.26.1 walks such rows until memory runs out (on arm64, where it lets the stack pointer
// stand).
TEST_F(WalkTest, RowsThatKeepTheStackPointerEndTheWalk) {
  model::UnwindRow row = testing::RowAboveRsp(8);
  row.cfa = {testing::Reg(kRsp)};
  row.return_address = {testing::Constant(static_cast<std::int64_t>(kSampleMain) + 0x1111)};
  crashy_.Row(0x1000, 0x200, row);
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Words(8, 0).Build())), "context");
}

TEST_F(WalkTest, EndlessRecursionIsCut) {
  crashy_.Row(0x1000, 0x100, testing::RowAboveRsp(8));
  EXPECT_EQ(Walk(StackBuilder(kSampleStack).Words(5000, kSampleMain + 0x1021).Build()).size(),
            kMaxFramesPerThread);
  EXPECT_TRUE(truncated_);
}

TEST_F(WalkTest, FramePointersMustGoUpAndStayInTheStack) {
  registers_.Set(kRbp, kSampleStack + 8);
  const std::uint64_t caller = kSampleMain + 0x1121;
  // A saved rbp below its slot, beyond the stack, and a return address that no address is: all left to the
  // scan.
  for (const auto& [saved, return_address] :
       {std::pair(kSampleStack, caller), std::pair(kSampleStack + 0x1000, caller),
        std::pair(kSampleStack + 0x28, std::uint64_t{0x0001000000000000})}) {
    asked_.clear();
    const auto frames = Walk(
        StackBuilder(kSampleStack).Word(0).Word(saved).Word(return_address).Word(caller).Words(4, 0).Build());
    EXPECT_EQ(Trusts(frames).substr(0, 12), "context scan") << std::hex << saved << " " << return_address;
  }
}

TEST_F(WalkTest, ScanSkipsDataAndLooksOnlySoFar) {
  // In a module but in no function; in no module; not canonical.
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack)
                            .Word(kSampleMain + 0x5000)
                            .Word(kSampleStack)
                            .Word(0x0001000000000000)
                            .Words(170, 0)
                            .Word(kSampleMain + 0x1121)
                            .Build())),
            "context")
      << "160 words from the context";
  asked_.clear();
  EXPECT_EQ(
      Trusts(Walk(StackBuilder(kSampleStack).Words(159, 0).Word(kSampleMain + 0x1121).Words(50, 0).Build())),
      "context scan");
}

TEST_F(WalkTest, CallOfTheLastInstructionBelongsToItsFunction) {
  // abort() as the last call of main: the return address is already past the function.
  EXPECT_EQ(Walk(StackBuilder(kSampleStack).Word(kSampleMain + 0x1300).Build()).size(), 2u);
}

TEST_F(WalkTest, JumpToNullFindsItsCallerOnTheStack) {
  registers_.Set(kRip, 0);
  EXPECT_EQ(Trusts(Walk(StackBuilder(kSampleStack).Word(kSampleMain + 0x1121).Build())), "context scan");
}

TEST_F(WalkTest, NoStackGivesTheContextAlone) { EXPECT_EQ(Trusts(Walk({})), "context"); }

TEST(StackWalk, UnknownCpuHasNoFrames) {
  const AddressSpace space({}, {});
  const SymbolSet symbols(0);
  StackWalk walk({.space = space, .symbols = symbols, .stack = {}}, {});
  EXPECT_EQ(walk.Next(), std::nullopt);
  EXPECT_TRUE(walk.frames().empty());
}

}  // namespace
}  // namespace cairn::unwind
