#include "server/search/week.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchWeek, WeeksBeginOnMondays) {
  constexpr std::int64_t kSunday = 1'795'348'800'000;  // 2026-11-22T12:00:00Z
  EXPECT_EQ(WeekStem("report", WeekOf(kSunday)), "report-2026-11-16");
  EXPECT_EQ(WeekStem("report", WeekOf(kSunday + kDayMs)), "report-2026-11-23");
  EXPECT_EQ(WeekStem("ping", WeekOf(-1)), "ping-1969-12-29");
  EXPECT_EQ(DayOf(-1), -1);
  EXPECT_EQ(DayOf(kDayMs), 1);
  EXPECT_EQ(WeekOf(StartOfWeek(12)), 12);
  EXPECT_EQ(WeekOf(StartOfWeek(12) - 1), 11);
}

TEST(ServerSearchWeek, OnlyMondaysAreRead) {
  EXPECT_EQ(ParseWeekStem("report-2026-11-16", "report"), WeekOf(1'795'348'800'000));
  for (const std::string_view stem : {"report-2026-11-17", "report-xxxx-yy-zz", "reports-2026-11-16",
                                      "report-2026-11-16-", "ping-2026-11-16"}) {
    EXPECT_FALSE(ParseWeekStem(stem, "report")) << stem;
  }
}

}  // namespace
}  // namespace cairn::search
