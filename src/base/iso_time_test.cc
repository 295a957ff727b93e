#include "base/iso_time.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

constexpr std::int64_t kNoonMs = 1'795'348'800'000;  // date -d 2026-11-22T12:00Z +%s

TEST(IsoTime, DatesAndTimesOfEachLengthAreRead) {
  EXPECT_EQ(ParseIso("1970-01-01"), 0);
  EXPECT_EQ(ParseIso("2026-11-22"), kNoonMs - 12 * 3'600'000);
  EXPECT_EQ(ParseIso("2026-11-22T12:00"), kNoonMs);
  EXPECT_EQ(ParseIso("2026-11-22 12:00:07"), kNoonMs + 7000);
  EXPECT_EQ(ParseIso("2026-11-22T12:00:07.5Z"), kNoonMs + 7500);
  EXPECT_EQ(ParseIso("2026-11-22T12:00:07.123456+00:00"), kNoonMs + 7123);
  EXPECT_EQ(ParseIso("2026-11-22T13:30:00+01:30"), kNoonMs);
  EXPECT_EQ(ParseIso("2026-11-22T07:00:00-0500"), kNoonMs);
  EXPECT_EQ(ParseIso("1969-12-31"), -86'400'000);
}

TEST(IsoTime, LeapDaysExistInLeapYearsOnly) {
  EXPECT_EQ(*ParseIso("2024-03-01") - *ParseIso("2024-02-29"), 86'400'000);
  EXPECT_TRUE(ParseIso("2000-02-29"));
  EXPECT_FALSE(ParseIso("2023-02-29"));
  EXPECT_FALSE(ParseIso("2100-02-29"));
}

TEST(IsoTime, AnyOtherTextIsNothing) {
  for (const char* const text :
       {"", "yesterday", "2026", "2026-11", "2026-13-01", "2026-11-31", "2026-00-10", "26-11-22",
        "2026-11-22T", "2026-11-22T25:00", "2026-11-22T10", "2026-11-22T10:60", "2026-11-22x",
        "2026-11-22T10:00:00.", "2026-11-22T10:00:00+1", "2026-11-22T10:00:00Z ", "2026-11-22T10:00:00ZZ",
        "-026-11-22", "2026-11-22'--"}) {
    EXPECT_FALSE(ParseIso(text)) << text;
  }
}

}  // namespace
}  // namespace cairn::base
