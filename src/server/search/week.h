// Weeks and days of the index, by UTC: rows lie in one file per week, which begins on Monday.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_units.h"

namespace cairn::search {

using base::kDayMs;
inline constexpr std::int64_t kWeekMs = 7 * kDayMs;

// Days since 1970-01-01, and weeks since the one that holds that day; towards the past also before it.
std::int64_t DayOf(std::int64_t date_ms);
std::int64_t WeekOf(std::int64_t date_ms);

// When a week begins.
std::int64_t StartOfWeek(std::int64_t week);

// "report-2026-11-16": a prefix and the day of the Monday.
std::string WeekStem(std::string_view prefix, std::int64_t week);

// The week of a text that WeekStem gives for this prefix.
std::optional<std::int64_t> ParseWeekStem(std::string_view stem, std::string_view prefix);

}  // namespace cairn::search
