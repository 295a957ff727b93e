#include "analysis/unwind/evaluate.h"

#include <gtest/gtest.h>

#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using model::RuleOp;
using testing::Constant;
using testing::Op;
using testing::Reg;

class EvaluateTest : public ::testing::Test {
 protected:
  EvaluateTest() : memory_(testing::StackBuilder(0x1000).Word(0xabcd).Word(7).Build()) {
    registers_.Set(model::kRsp, 0x1000);
  }
  std::optional<std::uint64_t> Run(const model::Rule& rule, std::optional<std::uint64_t> cfa = 0x1008) {
    const StackMemory stack({{memory_.address}, memory_.bytes});
    return Evaluate(rule, {.callee = registers_, .stack = stack, .cfa = cfa});
  }

  testing::MemorySpec memory_;
  model::Registers registers_;
};

TEST_F(EvaluateTest, ComputesAndWraps) {
  EXPECT_EQ(Run({Reg(model::kRsp), Constant(8), Op(RuleOp::kAdd)}), 0x1008u);
  EXPECT_EQ(Run({Constant(0), Constant(1), Op(RuleOp::kSubtract)}), ~std::uint64_t{0});
  EXPECT_EQ(Run({Constant(7), Constant(3), Op(RuleOp::kMultiply)}), 21u);
  EXPECT_EQ(Run({Constant(7), Constant(3), Op(RuleOp::kDivide)}), 2u);
  EXPECT_EQ(Run({Constant(7), Constant(3), Op(RuleOp::kModulo)}), 1u);
  EXPECT_EQ(Run({Constant(0x1237), Constant(16), Op(RuleOp::kAlign)}), 0x1230u);
}

TEST_F(EvaluateTest, ReadsOnlyTheStack) {
  EXPECT_EQ(Run({Reg(model::kRsp), Op(RuleOp::kDereference)}), 0xabcdu);
  EXPECT_EQ(Run({Op(RuleOp::kCfa), Op(RuleOp::kDereference)}), 7u);
  EXPECT_EQ(Run({Constant(0x1009), Op(RuleOp::kDereference)}), std::nullopt) << "the last byte is outside";
  EXPECT_EQ(Run({Constant(0xfff), Op(RuleOp::kDereference)}), std::nullopt);
  EXPECT_EQ(Run({Constant(-1), Op(RuleOp::kDereference)}), std::nullopt);
}

// Breakpad 418aacd6 dies of SIGFPE on the first of these.
TEST_F(EvaluateTest, DivisionByZeroFailsTheRule) {
  EXPECT_EQ(Run({Constant(1), Constant(0), Op(RuleOp::kDivide)}), std::nullopt);
  EXPECT_EQ(Run({Constant(1), Constant(0), Op(RuleOp::kModulo)}), std::nullopt);
  EXPECT_EQ(Run({Constant(1), Constant(0), Op(RuleOp::kAlign)}), std::nullopt);
  EXPECT_EQ(Run({Constant(1), Constant(6), Op(RuleOp::kAlign)}), std::nullopt) << "no power of two";
}

TEST_F(EvaluateTest, RuleMustBeWellFormed) {
  EXPECT_EQ(Run({}), std::nullopt);
  EXPECT_EQ(Run({Constant(1), Constant(2)}), std::nullopt) << "two values are left";
  EXPECT_EQ(Run({Constant(1), Op(RuleOp::kAdd)}), std::nullopt) << "one operand";
  EXPECT_EQ(Run({Op(RuleOp::kDereference)}), std::nullopt);
  EXPECT_EQ(Run({Reg(model::kRax)}), std::nullopt) << "unknown register";
  EXPECT_EQ(Run({{RuleOp::kRegister, -1}}), std::nullopt);
  EXPECT_EQ(Run({{RuleOp::kRegister, 1 << 20}}), std::nullopt);
  EXPECT_EQ(Run({Op(RuleOp::kCfa)}, std::nullopt), std::nullopt) << "the CFA's rule has no CFA";
  EXPECT_EQ(Run(model::Rule(model::kMaxRuleTokens + 1, Constant(1))), std::nullopt);
}

}  // namespace
}  // namespace cairn::unwind
