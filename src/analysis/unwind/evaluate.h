// Evaluate computes one rule of an unwind row: a postfix program over values that wrap at the width
// of a pointer.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/unwind/stack_memory.h"
#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::unwind {

// What a rule may read.
struct RuleInput {
  const model::Registers& callee;
  const StackMemory& stack;
  std::optional<std::uint64_t> cfa;  // Nothing while the CFA's own rule runs.
};

// The value, or nothing if the rule fails: an unknown register, a read outside the stack, a division by zero,
// too few or too many values, more than kMaxRuleTokens tokens, or an empty rule. Any program ends.
std::optional<std::uint64_t> Evaluate(const model::Rule& rule, const RuleInput& input);

}  // namespace cairn::unwind
