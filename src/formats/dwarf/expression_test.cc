#include "formats/dwarf/expression.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace cairn::dwarf {
namespace {

using model::Rule;
using model::RuleOp;

std::optional<Rule> Translate(std::initializer_list<int> operations, const Rule& initial = {}) {
  std::string bytes;
  for (const int operation : operations) bytes += static_cast<char>(operation);
  return TranslateExpression(base::AsBytes(bytes), initial);
}

// What a rule without loads computes, over the registers given.
std::uint64_t Evaluate(const Rule& rule, const std::map<std::int64_t, std::uint64_t>& registers) {
  std::vector<std::uint64_t> stack;
  for (const model::RuleToken& token : rule) {
    if (token.op == RuleOp::kConstant || token.op == RuleOp::kRegister) {
      stack.push_back(token.op == RuleOp::kConstant ? static_cast<std::uint64_t>(token.value)
                                                    : registers.at(token.value));
      continue;
    }
    const std::uint64_t right = stack.back();
    stack.pop_back();
    std::uint64_t& left = stack.back();
    switch (token.op) {
      case RuleOp::kAdd: left += right; break;
      case RuleOp::kSubtract: left -= right; break;
      case RuleOp::kMultiply: left *= right; break;
      case RuleOp::kDivide: left /= right; break;
      case RuleOp::kModulo: left %= right; break;
      case RuleOp::kAlign: left -= left % right; break;
      default: ADD_FAILURE() << "operation not expected here";
    }
  }
  EXPECT_EQ(stack.size(), 1u);
  return stack.back();
}

TEST(Expression, LoadsThroughARegister) {
  // DW_OP_breg7 160, DW_OP_deref: how the kernel's signal frame keeps the stack pointer.
  const Rule expected = {
      {RuleOp::kRegister, 7}, {RuleOp::kConstant, 160}, {RuleOp::kAdd}, {RuleOp::kDereference}};
  EXPECT_EQ(Translate({0x77, 0xa0, 0x01, 0x06}), expected);
}

TEST(Expression, StartsWithTheCfaForARegistersRule) {
  const Rule expected = {{RuleOp::kCfa}, {RuleOp::kConstant, 16}, {RuleOp::kAdd}};
  EXPECT_EQ(Translate({0x23, 16}, {{RuleOp::kCfa}}), expected);
}

TEST(Expression, LinkersTableOfJumpsIsExactAtEveryByte) {
  // breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus: rsp + 8 + (rip % 16 >= 11) * 8, GNU ld's .plt.
  const auto rule = Translate({0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22});
  ASSERT_TRUE(rule);
  for (std::uint64_t rip = 0x1020; rip < 0x1040; ++rip) {
    EXPECT_EQ(Evaluate(*rule, {{7, 0x7000}, {16, rip}}), 0x7008 + (rip % 16 >= 11 ? 8u : 0u)) << rip;
  }
}

TEST(Expression, AndWithMinusSixteenAligns) {
  const auto rule = Translate({0x77, 8, 0x09, 0xf0, 0x1a});  // breg7 8; const1s -16; and
  ASSERT_TRUE(rule);
  EXPECT_EQ(Evaluate(*rule, {{7, 0x7009}}), 0x7010u);
}

TEST(Expression, RearrangesItsStack) {
  // lit1 lit2 lit3 rot -> 3 1 2; minus -> 3 -1; swap -> -1 3; minus -> -4.
  const auto rule = Translate({0x31, 0x32, 0x33, 0x17, 0x1c, 0x16, 0x1c});
  ASSERT_TRUE(rule);
  EXPECT_EQ(static_cast<std::int64_t>(Evaluate(*rule, {})), -4);
  const auto doubled = Translate({0x35, 0x12, 0x22});  // lit5 dup plus
  ASSERT_TRUE(doubled);
  EXPECT_EQ(Evaluate(*doubled, {}), 10u);
}

TEST(Expression, RefusesWhatARuleCannotSay) {
  EXPECT_FALSE(Translate({}));
  EXPECT_FALSE(Translate({0x22})) << "plus of nothing";
  EXPECT_FALSE(Translate({0x03, 0, 0, 0, 0, 0, 0, 0, 0})) << "an address, which the loader moves";
  EXPECT_FALSE(Translate({0x31, 0x32, 0x27})) << "xor";
  EXPECT_FALSE(Translate({0x31, 0x2f, 0, 0})) << "jumps";
  EXPECT_FALSE(Translate({0x77, 0, 0x31, 0x2a})) << "a comparison of a value without a bound";
  EXPECT_FALSE(Translate({0x77})) << "cut off";
}

TEST(Expression, GrowthIsBounded) {
  // breg7 0, then (dup plus) again and again doubles the rule each time.
  std::string bytes("\x77\0", 2);
  for (int i = 0; i < 40; ++i) bytes += "\x12\x22";
  EXPECT_FALSE(TranslateExpression(base::AsBytes(bytes), {}));
  EXPECT_FALSE(TranslateExpression(base::AsBytes(std::string(1000, '\x31')), {}));
}

}  // namespace
}  // namespace cairn::dwarf
