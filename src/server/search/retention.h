// What is to be forgotten, and when.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/search/crash_row.h"

namespace cairn::search {

// How long the crashes are kept of which all that is said here holds.
struct RetentionRule {
  std::optional<CrashKind> kind;  // Nothing: both.
  std::string product;            // Empty: of every one.
  std::string rule;               // The class: the collector's rule that kept them. Empty: every one.
  std::int64_t before_ms = 0;     // Those that were received before this moment go.
};

struct Retention {
  // The first that is about a crash decides; a crash that none is about stays.
  std::vector<RetentionRule> rules;
  // Sums of activity from before this go, by whole weeks.
  std::int64_t activity_before_ms = 0;
};

// A crash that is to go. In this order they are found: by kind, time and id.
struct ExpiredCrash {
  CrashKind kind = CrashKind::kReport;
  std::int64_t date_ms = 0;
  std::string uuid;

  friend auto operator<=>(const ExpiredCrash&, const ExpiredCrash&) = default;
};

}  // namespace cairn::search
