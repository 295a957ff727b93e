#include "formats/symfile/cfi_rules.h"

#include <charconv>

#include "formats/symfile/text_fields.h"

namespace cairn::symfile {
namespace {

using model::RuleOp;
using model::RuleToken;

struct Operator {
  std::string_view text;
  RuleOp op;
};

constexpr Operator kOperators[] = {
    {"+", RuleOp::kAdd},    {"-", RuleOp::kSubtract}, {"^", RuleOp::kDereference}, {"*", RuleOp::kMultiply},
    {"/", RuleOp::kDivide}, {"%", RuleOp::kModulo},   {"@", RuleOp::kAlign},
};

std::optional<model::RegisterIndex> RegisterNamed(std::string_view name, const model::RegisterTable& table) {
  if (name.starts_with('$')) name.remove_prefix(1);
  return model::FindRegister(table, name);
}

// A decimal number, perhaps with a sign. What lies beyond 63 bits may be the unsigned form of a negative
// number.
std::optional<std::int64_t> ParseConstant(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end) return value;
  std::uint64_t large = 0;
  const auto [large_stop, large_error] = std::from_chars(text.data(), end, large);
  if (large_error == std::errc() && large_stop == end) return static_cast<std::int64_t>(large);
  return std::nullopt;
}

std::optional<RuleToken> ParseToken(std::string_view text, RuleTarget target,
                                    const model::RegisterTable& table) {
  for (const Operator& known : kOperators) {
    if (text == known.text) return RuleToken{known.op, 0};
  }
  if (text == ".cfa") {
    if (target == RuleTarget::kCfa) return std::nullopt;
    return RuleToken{RuleOp::kCfa, 0};
  }
  if (const auto constant = ParseConstant(text)) return RuleToken{RuleOp::kConstant, *constant};
  if (const auto index = RegisterNamed(text, table)) return RuleToken{RuleOp::kRegister, *index};
  return std::nullopt;
}

// How many values the stack holds after `op`, if it held `depth`; nothing if `op` pops more than there are.
std::optional<int> DepthAfter(RuleOp op, int depth) {
  switch (op) {
    case RuleOp::kConstant:
    case RuleOp::kRegister:
    case RuleOp::kCfa: return depth + 1;
    case RuleOp::kDereference:
      if (depth < 1) return std::nullopt;
      return depth;
    default:
      if (depth < 2) return std::nullopt;
      return depth - 1;
  }
}

// Collects the expression of one target, and says at its end whether it can be used.
class RuleReader {
 public:
  RuleReader(RuleTarget target, const model::RegisterTable& table) : target_(target), table_(table) {}

  void Take(std::string_view text) {
    if (failed_) return;
    if (text == ".undef") {
      undefined_ = true;
      return;
    }
    const std::optional<RuleToken> token = ParseToken(text, target_, table_);
    const std::optional<int> depth = token ? DepthAfter(token->op, depth_) : std::nullopt;
    if (!depth || rule_.size() == model::kMaxRuleTokens) {
      failed_ = true;
      return;
    }
    depth_ = *depth;
    rule_.push_back(*token);
  }

  std::optional<model::Rule> Finish() && {
    if (undefined_ && rule_.empty() && !failed_) return model::Rule{};
    if (undefined_ || failed_ || depth_ != 1) return std::nullopt;
    return std::move(rule_);
  }

 private:
  RuleTarget target_;
  const model::RegisterTable& table_;
  model::Rule rule_;
  int depth_ = 0;
  bool undefined_ = false;
  bool failed_ = false;
};

}  // namespace

std::optional<std::vector<CfiRule>> ParseCfiRules(std::string_view text, const model::RegisterTable& table) {
  std::vector<CfiRule> rules;
  TextFields fields(text);
  std::string_view field = fields.TakeField();
  while (!field.empty()) {
    if (field.size() < 2 || !field.ends_with(':')) return std::nullopt;
    const std::string_view name = field.substr(0, field.size() - 1);
    CfiRule rule;
    bool known = true;
    if (name == ".ra") {
      rule.target = RuleTarget::kReturnAddress;
    } else if (name != ".cfa") {
      const auto index = RegisterNamed(name, table);
      rule.target = RuleTarget::kRegister;
      rule.index = index.value_or(0);
      known = index.has_value();
    }
    RuleReader reader(rule.target, table);
    for (field = fields.TakeField(); !field.empty() && !field.ends_with(':'); field = fields.TakeField()) {
      reader.Take(field);
    }
    rule.rule = std::move(reader).Finish();
    if (known) rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace cairn::symfile
