#include "formats/symfile/cfi_rules.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using model::Rule;
using model::RuleOp;
using model::RuleToken;

const model::RegisterTable& Amd64() { return *model::FindRegisterTable(model::Cpu::kAmd64); }

std::vector<CfiRule> Parse(std::string_view text) {
  const auto rules = ParseCfiRules(text, Amd64());
  EXPECT_TRUE(rules.has_value()) << text;
  return rules.value_or(std::vector<CfiRule>{});
}

// The one rule of ".ra: EXPRESSION".
std::optional<Rule> Expression(std::string_view expression) {
  const std::vector<CfiRule> rules = Parse(".ra: " + std::string(expression));
  return rules.size() == 1 ? rules[0].rule : std::nullopt;
}

TEST(CfiRules, TargetsInTheOrderOfTheText) {
  const std::vector<CfiRule> rules = Parse(".cfa: $rsp 8 + .ra: .cfa -8 + ^ rbx: .undef $r12: $rax");
  ASSERT_EQ(rules.size(), 4u);
  EXPECT_EQ(rules[0].target, RuleTarget::kCfa);
  EXPECT_EQ(rules[0].rule,
            (Rule{{RuleOp::kRegister, model::kRsp}, {RuleOp::kConstant, 8}, {RuleOp::kAdd, 0}}));
  EXPECT_EQ(rules[1].target, RuleTarget::kReturnAddress);
  EXPECT_EQ(rules[1].rule->size(), 4u);
  EXPECT_EQ(rules[2].target, RuleTarget::kRegister);
  EXPECT_EQ(rules[2].index, model::kRbx);
  EXPECT_EQ(rules[2].rule, Rule{});
  EXPECT_EQ(rules[3].index, model::kR12);
}

TEST(CfiRules, EveryOperator) {
  EXPECT_EQ(*Expression("1 2 + 3 - 4 * 5 / 6 % 7 @ ^"), (Rule{{RuleOp::kConstant, 1},
                                                              {RuleOp::kConstant, 2},
                                                              {RuleOp::kAdd, 0},
                                                              {RuleOp::kConstant, 3},
                                                              {RuleOp::kSubtract, 0},
                                                              {RuleOp::kConstant, 4},
                                                              {RuleOp::kMultiply, 0},
                                                              {RuleOp::kConstant, 5},
                                                              {RuleOp::kDivide, 0},
                                                              {RuleOp::kConstant, 6},
                                                              {RuleOp::kModulo, 0},
                                                              {RuleOp::kConstant, 7},
                                                              {RuleOp::kAlign, 0},
                                                              {RuleOp::kDereference, 0}}));
}

TEST(CfiRules, ConstantsMayBeSignedOrUseAll64Bits) {
  EXPECT_EQ(*Expression("-9223372036854775808"),
            (Rule{{RuleOp::kConstant, std::numeric_limits<std::int64_t>::min()}}));
  EXPECT_EQ(*Expression("18446744073709551615"), (Rule{{RuleOp::kConstant, -1}}));
  EXPECT_FALSE(Expression("18446744073709551616").has_value());
}

TEST(CfiRules, ExpressionMustLeaveOneValue) {
  EXPECT_FALSE(Expression("").has_value());
  EXPECT_FALSE(Expression("1 2").has_value());
  EXPECT_FALSE(Expression("1 +").has_value());
  EXPECT_FALSE(Expression("^ 1").has_value());
  EXPECT_FALSE(Expression("1 .undef").has_value());
  EXPECT_FALSE(Expression("$no_register").has_value());
}

TEST(CfiRules, CfaIsNotKnownInItsOwnRule) {
  EXPECT_FALSE(Parse(".cfa: .cfa 8 +")[0].rule.has_value());
  EXPECT_TRUE(Expression(".cfa 8 +").has_value());
}

TEST(CfiRules, LengthHasALimit) {
  std::string longest = "1";
  for (std::size_t i = 1; i + 1 < model::kMaxRuleTokens; i += 2) longest += " 1 +";
  EXPECT_TRUE(Expression(longest).has_value());
  EXPECT_FALSE(Expression(longest + " 1 + 1 +").has_value());
}

TEST(CfiRules, UnknownRegistersAreLeftOut) {
  EXPECT_TRUE(Parse("$xmm6: .cfa -32 + ^").empty());
  EXPECT_TRUE(Parse("").empty());
}

TEST(CfiRules, WhatIsNoListOfRulesIsRefused) {
  EXPECT_FALSE(ParseCfiRules("$rsp 8 +", Amd64()).has_value());
  EXPECT_FALSE(ParseCfiRules(": 8", Amd64()).has_value());
}

}  // namespace
}  // namespace cairn::symfile
