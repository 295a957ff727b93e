// Reads rules from TOML; docs/formats/rules.md describes the file.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/collector/rules.h"

namespace cairn::collector {

inline constexpr std::size_t kMaxRuleFileBytes = 1 << 20;
inline constexpr std::size_t kMaxRules = 500;      // Firefox has 18 rows.
inline constexpr std::size_t kMaxConditions = 32;  // Of a rule.

// One sentence each: "line 12: what: what to do".
using RuleMistakes = std::vector<std::string>;

std::variant<RuleSet, RuleMistakes> ParseRules(std::string_view toml);

// The rules that come with Cairn.
struct RuleProfile {
  std::string_view name;  // "general"
  std::string_view toml;
};
const std::vector<RuleProfile>& RuleProfiles();

}  // namespace cairn::collector
