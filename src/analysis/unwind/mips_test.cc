#include "analysis/unwind/mips.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kMipsPc;
using model::kMipsRa;
using model::kMipsSp;
using model::RuleOp;
using testing::Constant;
using testing::Op;
using testing::Reg;
using Addresses = std::vector<std::uint64_t>;

constexpr std::uint64_t kLeaf = kTestApp + 0x1010;
constexpr std::uint64_t kInInner = kTestApp + 0x1120;
constexpr std::uint64_t kInMain = kTestApp + 0x1240;
constexpr std::uint64_t kInStart = kTestLibrary + 0x40;

// Both widths and both byte orders.
struct Kind {
  model::Cpu cpu;
  std::endian order;
};

class MipsTest : public ::testing::TestWithParam<Kind> {
 protected:
  MipsTest() : process_(GetParam().cpu) {
    process_.order = GetParam().order;
    process_.registers.Set(kMipsPc, kLeaf);
    process_.registers.Set(kMipsSp, kTestStack);
    process_.registers.Set(kMipsRa, kInInner);
  }
  std::uint64_t WordBytes() const { return static_cast<std::uint64_t>(model::PointerBytes(process_.cpu)); }
  TestProcess process_;
};
INSTANTIATE_TEST_SUITE_P(Unwind, MipsTest,
                         ::testing::Values(Kind{model::Cpu::kMips, std::endian::little},
                                           Kind{model::Cpu::kMips, std::endian::big},
                                           Kind{model::Cpu::kMips64, std::endian::little},
                                           Kind{model::Cpu::kMips64, std::endian::big}));

TEST_P(MipsTest, CallerOfALeafIsInRaAndTheOthersAreScannedFor) {
  const auto frames = process_.Walk(
      process_.Stack().Words(6, 0).Word(kInMain).Words(8, 0).Word(kInStart).Words(4, 0).Build());
  ASSERT_EQ(Trusts(frames), "context leaf scan scan");
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 8, kInMain - 8, kInStart - 8}))
      << "the call is before the delay slot";
}

// blaTest of Breakpad's MIPS dump: it stores ra, and its caller's rows count from above that.
TEST_P(MipsTest, StoredRaTellsTheCallersStackPointer) {
  const auto bytes = static_cast<std::int64_t>(WordBytes());
  model::UnwindRow row;
  row.cfa = {Reg(kMipsSp), Constant(4 * bytes), Op(RuleOp::kAdd)};
  row.return_address = {Op(RuleOp::kCfa), Constant(-bytes), Op(RuleOp::kAdd), Op(RuleOp::kDereference)};
  process_.app.Row(0x1100, 0x100, row);
  const auto frames = process_.Walk(
      process_.Stack().Words(5, 0).Word(kInInner).Words(3, 0).Word(kInMain).Words(4, 0).Build());
  ASSERT_EQ(Trusts(frames), "context leaf cfi");
  EXPECT_EQ(frames[1].registers.Get(kMipsSp), kTestStack + 6 * WordBytes());
  EXPECT_EQ(frames[2].instruction.value, kInMain - 8);
}

TEST_P(MipsTest, ScanLooksAt1024Bytes) {
  const std::uint64_t words = 1024 / WordBytes();
  process_.registers.Set(kMipsRa, 0);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(words - 1, 0).Word(kInMain).Words(8, 0).Build())),
            "context scan");
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(words, 0).Word(kInMain).Words(8, 0).Build())),
            "context");
}

// o32 functions leave room for four arguments at the bottom of their frames, which others write into.
TEST_P(MipsTest, ArgumentsOfACallerAreSkippedOn32Bits) {
  const auto frames =
      process_.Walk(process_.Stack().Words(3, 0).Word(kInStart).Word(kInMain).Words(4, 0).Build());
  ASSERT_GE(frames.size(), 3u);
  const bool is_o32 = process_.cpu == model::Cpu::kMips;
  EXPECT_EQ(frames[2].instruction.value, (is_o32 ? kInMain : kInStart) - 8);
}

TEST_P(MipsTest, UnalignedWordIsNoReturnAddress) {
  process_.registers.Set(kMipsRa, kInInner + 2);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Word(kInMain + 1).Words(4, 0).Build())), "context");
}

// Without symbols the code before pc tells whether ra may be what a later call left.
TEST_P(MipsTest, RaThatWasStoredIsOld) {
  const std::uint64_t pc = kTestLibrary + 0x1000;
  process_.registers.Set(kMipsPc, pc);
  const auto stack = process_.Stack().Words(6, 7).Word(kInMain).Words(8, 0).Build();
  const auto walk_behind = [&](const std::vector<std::uint32_t>& code) {
    process_.PutCode(pc, testing::CodeBytes(code, process_.order));
    return Trusts(process_.Walk(stack));
  };
  // sw $31, 20($29); sd $31, 24($29); lw, ld of the same; jr $31 of both kinds; sw $30, 20($29)
  for (const std::uint32_t store : {0xafbf0014u, 0xffbf0018u}) {
    EXPECT_EQ(walk_behind({store, 0, 0}), "context scan") << std::hex << store;
  }
  for (const std::uint32_t end : {0x8fbf0014u, 0xdfbf0018u, 0x03e00008u, 0x03e00009u}) {
    EXPECT_EQ(walk_behind({0xafbf0014u, end, 0}), "context leaf scan") << std::hex << end;
  }
  EXPECT_EQ(walk_behind({0xafbe0014u, 0, 0}), "context leaf scan");
}

// Registers of 32-bit MIPS are sums modulo 2^32, as a symbol file's large constants need it.
TEST(Mips32, RulesWrap) {
  TestProcess process(model::Cpu::kMips);
  process.registers.Set(kMipsPc, kLeaf);
  process.registers.Set(kMipsSp, kTestStack);
  process.registers.Set(kMipsRa, kInInner);
  model::UnwindRow row;
  row.cfa = {Reg(kMipsSp), Constant((std::int64_t{1} << 32) + 8), Op(RuleOp::kAdd)};
  row.return_address = {Reg(kMipsRa)};
  process.app.Row(0x1000, 0x100, row);
  const auto frames = process.Walk(process.Stack().Words(8, 0).Build());
  ASSERT_EQ(Trusts(frames), "context cfi");
  EXPECT_EQ(frames[1].registers.Get(kMipsSp), kTestStack + 8);
}

class MipsCalls : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(Unwind, MipsCalls, ::testing::Values(std::endian::little, std::endian::big));

TEST_P(MipsCalls, AreKnownByTheirEncodings) {
  constexpr std::uint32_t kNop = 0;
  // jal; jalx; jalr $25; jalr.hb $25; bal; bgezal $4; bltzal $4
  for (const std::uint32_t word :
       {0x0c000400u, 0x74000400u, 0x0320f809u, 0x0320fc09u, 0x04110004u, 0x04910004u, 0x04900004u}) {
    EXPECT_TRUE(EndsWithMipsCall(testing::CodeBytes({word, kNop}, GetParam()))) << std::hex << word;
    EXPECT_FALSE(EndsWithMipsCall(testing::CodeBytes({kNop, word}, GetParam())))
        << std::hex << word << " in a delay slot";
  }
  // balc; jialc $25: no delay slot.
  for (const std::uint32_t word : {0xe8000004u, 0xf8190000u}) {
    EXPECT_TRUE(EndsWithMipsCall(testing::CodeBytes({kNop, word}, GetParam()))) << std::hex << word;
  }
  // j; jr $25; beqz $4; bc; jic $25
  for (const std::uint32_t word : {0x08000400u, 0x03200008u, 0x10800004u, 0xc8000004u, 0xd8190000u}) {
    EXPECT_FALSE(EndsWithMipsCall(testing::CodeBytes({word, kNop}, GetParam()))) << std::hex << word;
    EXPECT_FALSE(EndsWithMipsCall(testing::CodeBytes({kNop, word}, GetParam()))) << std::hex << word;
  }
  EXPECT_FALSE(EndsWithMipsCall({}));
}

}  // namespace
}  // namespace cairn::unwind
