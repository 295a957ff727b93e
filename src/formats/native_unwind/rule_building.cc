#include "formats/native_unwind/rule_building.h"

#include <utility>

namespace cairn::native {

using model::Rule;
using model::RuleOp;

namespace {

Rule Plus(Rule rule, std::int64_t offset) {
  if (offset == 0) return rule;
  rule.push_back({RuleOp::kConstant, offset < 0 ? -offset : offset});
  rule.push_back({offset < 0 ? RuleOp::kSubtract : RuleOp::kAdd});
  return rule;
}

}  // namespace

Rule RegisterPlus(model::RegisterIndex index, std::int64_t offset) {
  return Plus({{RuleOp::kRegister, index}}, offset);
}

Rule CfaPlus(std::int64_t offset) { return Plus({{RuleOp::kCfa}}, offset); }

Rule LoadFrom(Rule address) {
  address.push_back({RuleOp::kDereference});
  return address;
}

}  // namespace cairn::native
