// How to find the caller's registers at one place in a module: the one form in which unwind tables of every
// kind (Breakpad STACK CFI text, the compiled cache, .eh_frame) reach the unwinder, and from which STACK CFI
// is printed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/registers.h"

namespace cairn::model {

// A step of a postfix program over 64-bit values that wrap. The program leaves one value.
enum class RuleOp : std::uint8_t {
  kConstant,  // Push `value`.
  kRegister,  // Push register `value` of the callee; the rule fails if it is unknown.
  kCfa,       // Push the canonical frame address; not allowed in the CFA's own rule.
  kAdd,       // The rest pop b, then a, and push the result of a op b.
  kSubtract,
  kMultiply,
  kDivide,       // Unsigned; by zero the rule fails.
  kModulo,       // Unsigned; by zero the rule fails.
  kAlign,        // a rounded down to a multiple of b; the rule fails unless b is a power of two.
  kDereference,  // Pop an address, push the pointer-sized value at it in stack memory; fails outside.
};

struct RuleToken {
  RuleOp op = RuleOp::kConstant;
  std::int64_t value = 0;  // For kConstant and kRegister, else 0.
  friend bool operator==(const RuleToken&, const RuleToken&) = default;
};

// An empty rule means undefined: the caller's value cannot be known.
using Rule = std::vector<RuleToken>;

// A rule longer than this is refused by every reader.
inline constexpr std::size_t kMaxRuleTokens = 64;

struct RegisterRule {
  RegisterIndex index = 0;
  Rule rule;
  friend bool operator==(const RegisterRule&, const RegisterRule&) = default;
};

// A register that has no rule keeps the callee's value if it is callee-saved, and is unknown otherwise.
struct UnwindRow {
  Rule cfa;
  Rule return_address;  // Empty: this is the outermost frame and the walk ends here.
  std::vector<RegisterRule> registers;
  bool is_signal_frame =
      false;  // A signal's trampoline: the caller was interrupted, so its pc is no return address.
  friend bool operator==(const UnwindRow&, const UnwindRow&) = default;
};

}  // namespace cairn::model
