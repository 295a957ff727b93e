#include "analysis/unwind/evaluate.h"

#include <array>
#include <bit>

namespace cairn::unwind {
namespace {

using model::RuleOp;

// Every token pushes one value at most, so the stack never outgrows the rule.
class ValueStack {
 public:
  void Push(std::uint64_t value) { values_[size_++] = value; }
  std::optional<std::uint64_t> Pop() {
    if (size_ == 0) return std::nullopt;
    return values_[--size_];
  }
  std::size_t size() const { return size_; }

 private:
  std::array<std::uint64_t, model::kMaxRuleTokens> values_{};
  std::size_t size_ = 0;
};

std::optional<std::uint64_t> Operand(const model::RuleToken& token, const RuleInput& input) {
  switch (token.op) {
    case RuleOp::kConstant: return static_cast<std::uint64_t>(token.value);
    case RuleOp::kRegister:
      if (token.value < 0 || token.value >= model::kMaxRegisters) return std::nullopt;
      return input.callee.Get(static_cast<model::RegisterIndex>(token.value));
    default: return input.cfa;
  }
}

std::optional<std::uint64_t> Binary(RuleOp op, std::uint64_t a, std::uint64_t b) {
  switch (op) {
    case RuleOp::kAdd: return a + b;
    case RuleOp::kSubtract: return a - b;
    case RuleOp::kMultiply: return a * b;
    case RuleOp::kDivide:
      if (b == 0) return std::nullopt;
      return a / b;
    case RuleOp::kModulo:
      if (b == 0) return std::nullopt;
      return a % b;
    case RuleOp::kAlign:
      if (!std::has_single_bit(b)) return std::nullopt;
      return a & ~(b - 1);
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<std::uint64_t> Evaluate(const model::Rule& rule, const RuleInput& input) {
  if (rule.size() > model::kMaxRuleTokens) return std::nullopt;
  ValueStack values;
  for (const model::RuleToken& token : rule) {
    std::optional<std::uint64_t> result;
    switch (token.op) {
      case RuleOp::kConstant:
      case RuleOp::kRegister:
      case RuleOp::kCfa: result = Operand(token, input); break;
      case RuleOp::kDereference:
        if (const std::optional<std::uint64_t> address = values.Pop())
          result = input.stack.ReadPointer(*address);
        break;
      default: {
        const std::optional<std::uint64_t> b = values.Pop();
        const std::optional<std::uint64_t> a = values.Pop();
        if (a && b) result = Binary(token.op, *a, *b);
      }
    }
    if (!result) return std::nullopt;
    values.Push(input.stack.Wrap(*result));
  }
  if (values.size() != 1) return std::nullopt;
  return values.Pop();
}

}  // namespace cairn::unwind
