// Policy says for how long what is kept, by kind, product and class, as an operator writes it.
//
// For each crash one number of days counts: that of the first rule that is about it, else its product's own
// (the Directory's), else the one of its kind. Days are whole: what came on a day goes when that day is over
// for so long, all of it at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/search/crash_row.h"
#include "server/search/retention.h"
#include "server/store/directory.h"

namespace cairn::retention {

inline constexpr std::int64_t kMaxDays = 36'500;

struct Rule {
  std::optional<search::CrashKind> kind;  // Nothing: both.
  std::string product;                    // Empty: every one.
  std::string rule;                       // The class: the collector's rule that kept it. Empty: every one.
  std::int64_t days = 0;                  // 1 to kMaxDays.
};

struct Policy {
  std::int64_t report_days = 180;
  std::int64_t ping_days = 365;
  std::int64_t rejected_days = 30;  // Refused pings.
  // Sums of usage and crashes, by whole weeks: long enough to compare a season with the one a year ago.
  std::int64_t activity_days = 730;
  // Symbol files from their upload on. Those of what was shipped are needed as long as crashes come.
  std::int64_t symbol_days = 0;  // 0: for ever.
  std::int64_t try_symbol_days = 28;
  std::vector<Rule> rules;
};

// The beginning of the day (UTC) from which on what is kept for so many days stays.
std::int64_t StartOfKept(std::int64_t days, std::int64_t now_ms);

// What the index is to forget.
search::Retention RetentionOf(const Policy& policy, std::span<const store::Product> products,
                              std::int64_t now_ms);

// For how long a crash of that kind may be kept at most: what is older goes, whatever it is.
std::int64_t LongestDays(const Policy& policy, std::span<const store::Product> products,
                         search::CrashKind kind);

}  // namespace cairn::retention
