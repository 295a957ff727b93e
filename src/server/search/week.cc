#include "server/search/week.h"

#include "base/iso_time.h"
#include "os/clock.h"

namespace cairn::search {
namespace {

constexpr std::int64_t kFirstMondayMs = -3 * kDayMs;  // 1970-01-01 was a Thursday.

std::int64_t DivideDown(std::int64_t number, std::int64_t by) {
  return number >= 0 ? number / by : (number - by + 1) / by;
}

}  // namespace

std::int64_t DayOf(std::int64_t date_ms) { return DivideDown(date_ms, kDayMs); }

std::int64_t WeekOf(std::int64_t date_ms) { return DivideDown(date_ms - kFirstMondayMs, kWeekMs); }

std::int64_t StartOfWeek(std::int64_t week) { return kFirstMondayMs + week * kWeekMs; }

std::string WeekStem(std::string_view prefix, std::int64_t week) {
  return std::string(prefix) + "-" + os::FormatIso(StartOfWeek(week)).substr(0, 10);
}

std::optional<std::int64_t> ParseWeekStem(std::string_view stem, std::string_view prefix) {
  constexpr std::size_t kDateLength = 11;  // "-2026-11-16"
  if (!stem.starts_with(prefix) || stem.size() != prefix.size() + kDateLength) return std::nullopt;
  const std::optional<std::int64_t> monday_ms = base::ParseIso(stem.substr(prefix.size() + 1));
  if (!monday_ms) return std::nullopt;
  const std::int64_t week = WeekOf(*monday_ms);
  if (WeekStem(prefix, week) != stem) return std::nullopt;
  return week;
}

}  // namespace cairn::search
