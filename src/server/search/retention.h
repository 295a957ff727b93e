// What is to be forgotten, and when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/search/crash_row.h"

namespace cairn::search {

// Crashes that were received before a moment go, if all that is said here holds of them.
struct RetentionRule {
  std::optional<CrashKind> kind;  // Nothing: both.
  std::string product;            // Empty: of every one.
  std::string rule;               // The class: the collector's rule that kept them. Empty: every one.
  std::int64_t before_ms = 0;
};

struct Retention {
  std::vector<RetentionRule> rules;  // A crash goes if any of them covers it.
  // Sums of activity from before this go, by whole weeks.
  std::int64_t activity_before_ms = 0;
};

}  // namespace cairn::search
