// What all CPUs with a link register share; arm64_test.cc and the others have what is their own.
#include "analysis/unwind/link_register.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

constexpr model::Cpu kCpus[] = {model::Cpu::kArm,    model::Cpu::kArm64, model::Cpu::kMips,
                                model::Cpu::kMips64, model::Cpu::kRiscv, model::Cpu::kRiscv64};

constexpr std::uint64_t kLeaf = kTestApp + 0x1010;
constexpr std::uint64_t kInInner = kTestApp + 0x1120;

// Leaf was called by Inner; the stack holds nothing.
class LinkRegisterTest : public ::testing::TestWithParam<model::Cpu> {
 protected:
  LinkRegisterTest() : process_(GetParam()), table_(*model::FindRegisterTable(GetParam())) {
    process_.registers.Set(table_.pc, kLeaf);
    process_.registers.Set(table_.sp, kTestStack);
    process_.registers.Set(table_.link, kInInner);
  }
  std::uint64_t WordBytes() const { return static_cast<std::uint64_t>(model::PointerBytes(GetParam())); }

  TestProcess process_;
  const model::RegisterTable& table_;
};
INSTANTIATE_TEST_SUITE_P(Unwind, LinkRegisterTest, ::testing::ValuesIn(kCpus),
                         [](const auto& cpu) { return std::string(model::CpuName(cpu.param)); });

TEST_P(LinkRegisterTest, StackStandsAsItIs) {
  const auto frames = process_.Walk(process_.Stack().Words(8, 0).Build());
  ASSERT_EQ(Trusts(frames), "context leaf");
  EXPECT_EQ(frames[1].registers.Get(table_.sp), kTestStack);
  EXPECT_EQ(frames[1].registers.Get(table_.link), std::nullopt) << "the call has overwritten it";
}

TEST_P(LinkRegisterTest, NoStackIsNeeded) { EXPECT_EQ(Trusts(process_.Walk({})), "context leaf"); }

TEST_P(LinkRegisterTest, StackIsFreeAboveWhereTheLinkWasStored) {
  const auto frames = process_.Walk(process_.Stack().Words(3, 0).Word(kInInner).Words(8, 0).Build());
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[1].trust, model::Trust::kLeaf);
  EXPECT_EQ(frames[1].registers.Get(table_.sp), kTestStack + 4 * WordBytes());
}

TEST_P(LinkRegisterTest, LinkThatIsNoCodeIsNotTaken) {
  process_.registers.Set(table_.link, kTestStack + 0x40);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(8, 0).Build())), "context") << "in no module";
  process_.registers.Set(table_.link, kTestApp + 0x5000);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(8, 0).Build())), "context") << "in no function";
  process_.registers.Clear(table_.link);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(8, 0).Build())), "context") << "unknown";
}

TEST_P(LinkRegisterTest, LinkWithoutACallBeforeItIsNotTaken) {
  process_.PutCode(kInInner, std::vector<std::byte>(8));
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(8, 0).Build())), "context");
}

TEST_P(LinkRegisterTest, FunctionWithARowIsLeftToIt) {
  model::UnwindRow row;  // Its rules fail.
  process_.app.Row(0x1000, 0x100, row);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(8, 0).Build())), "context");
}

// A caller is at a call: what its link register would be is not asked, even if a row gives one.
TEST_P(LinkRegisterTest, OnlyExactFramesAreLeafs) {
  model::UnwindRow row;
  row.cfa = {testing::Reg(table_.sp), testing::Constant(16), testing::Op(model::RuleOp::kAdd)};
  row.return_address = {testing::Constant(static_cast<std::int64_t>(kInInner))};
  row.registers = {{table_.link, {testing::Constant(static_cast<std::int64_t>(kTestApp + 0x1240))}}};
  process_.app.Row(0x1000, 0x100, row);
  EXPECT_EQ(Trusts(process_.Walk(process_.Stack().Words(8, 0).Word(kTestApp + 0x1250).Words(8, 0).Build())),
            "context cfi scan");
}

// Without symbols a stale link cannot be told from a leaf's; the walk must end all the same.
TEST_P(LinkRegisterTest, LinkToThePcItselfEnds) {
  process_.registers.Set(table_.pc, kTestLibrary + 0x40);
  process_.registers.Set(table_.link, kTestLibrary + 0x40);
  EXPECT_LE(process_.Walk(process_.Stack().Words(8, 0).Build()).size(), 2u);
}

}  // namespace
}  // namespace cairn::unwind
