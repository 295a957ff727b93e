// The contract of CrashIndex: sums of usage and crashes.
#include "server/search/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_index_contract_for_test.h"

namespace cairn::search {
namespace {

using stats::NumberedAggregate;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMidnightMs = kTestNowMs - kTestDayMs / 2;
constexpr std::int64_t kSource = -7;
constexpr std::int64_t kHour = 3600;  // Seconds.

class ServerSearchActivity : public CrashIndexContract {
 protected:
  // An hour of use by one client in the five minutes that begin so long after midnight.
  static NumberedAggregate SumAt(std::int64_t number, std::int64_t minutes) {
    return {.source = kSource,
            .number = number,
            .aggregate = {.window_start_ms = kMidnightMs + minutes * 60'000,
                          .dimensions = {.channel = "release",
                                         .version = "1.0",
                                         .build_id = "7",
                                         .application = "Crashy",
                                         .os_name = "Linux"},
                          .measures = {.count = 1, .sessions = 1, .clients = 1, .usage_seconds = kHour}}};
  }

  void AddAll(const std::vector<NumberedAggregate>& sums) { ASSERT_TRUE(index_->AddActivity(sums)); }

  void Reopen() {
    index_.reset();
    index_ = GetParam().open(folder_);
  }

  std::vector<ActivitySum> Sums(std::vector<ActivityDimension> group_by,
                                std::vector<std::pair<ActivityDimension, std::string>> filters = {},
                                bool recent_builds_only = false) {
    const auto sums =
        index_->SumActivity({.window = {kMidnightMs - 60 * kTestDayMs, kMidnightMs + 60 * kTestDayMs},
                             .filters = std::move(filters),
                             .group_by = std::move(group_by),
                             .recent_builds_only = recent_builds_only});
    EXPECT_TRUE(sums);
    return sums ? *sums : std::vector<ActivitySum>{};
  }

  std::int64_t Pings() {
    const auto sums = Sums({});
    return sums.empty() ? 0 : sums[0].measures.count;
  }
};

TEST_P(ServerSearchActivity, WithoutActivityThereIsNoSum) {
  EXPECT_THAT(Sums({}), IsEmpty());
  EXPECT_THAT(Sums({ActivityDimension::kDay}), IsEmpty());
  EXPECT_THAT(Sums({}, {}, true), IsEmpty());
  AddAll({});
  EXPECT_THAT(Sums({}), IsEmpty());
}

TEST_P(ServerSearchActivity, SumsAddUpByFiveMinutesAndByDay) {
  NumberedAggregate crash = SumAt(3, 0);
  crash.aggregate.measures = {.count = 2, .main_crashes = 1, .startup_crashes = 1};
  AddAll({SumAt(1, 0), SumAt(2, 5), crash});
  AddAll({SumAt(4, 24 * 60)});
  const auto windows = Sums({ActivityDimension::kWindow});
  ASSERT_THAT(windows, SizeIs(3));
  EXPECT_EQ(windows[0].keys[0], Value(kMidnightMs));
  EXPECT_EQ(windows[0].measures, (stats::Measures{.count = 3,
                                                  .main_crashes = 1,
                                                  .startup_crashes = 1,
                                                  .sessions = 1,
                                                  .clients = 1,
                                                  .usage_seconds = kHour}));
  EXPECT_EQ(windows[1].keys[0], Value(kMidnightMs + stats::kWindowMs));
  const auto days = Sums({ActivityDimension::kDay, ActivityDimension::kProduct});
  ASSERT_THAT(days, SizeIs(2));
  EXPECT_THAT(days[1].keys, ElementsAre(Value(kMidnightMs + kTestDayMs), Value("Crashy")));
  EXPECT_EQ(days[0].measures.usage_seconds, 2 * kHour);
  EXPECT_EQ(days[0].measures.sessions, 2);
  EXPECT_EQ(Pings(), 5);
}

TEST_P(ServerSearchActivity, WhatIsGivenAgainCountsNoMore) {
  AddAll({SumAt(1, 0), SumAt(2, 0)});
  AddAll({SumAt(1, 0), SumAt(2, 0), SumAt(3, 0)});
  EXPECT_EQ(Pings(), 3);
  Reopen();
  AddAll({SumAt(2, 0), SumAt(3, 0), SumAt(4, 5)});
  EXPECT_EQ(Pings(), 4);
}

// One call, two files: whoever was killed between them gives all of it again.
TEST_P(ServerSearchActivity, EachWeekKnowsWhatItTook) {
  const std::int64_t next_week = 7 * 24 * 60;
  AddAll({SumAt(1, 0), SumAt(3, 0)});
  AddAll({SumAt(1, 0), SumAt(2, next_week), SumAt(3, 0), SumAt(4, next_week), SumAt(5, 0)});
  EXPECT_EQ(Pings(), 5);
}

// A ledger that is new, or an older one that was put back, begins to number from before.
TEST_P(ServerSearchActivity, EachSourceCountsForItself) {
  AddAll({SumAt(1, 0), SumAt(2, 0)});
  NumberedAggregate other = SumAt(1, 0);
  other.source = 8;
  AddAll({other});
  EXPECT_EQ(Pings(), 3);
  AddAll({other, SumAt(2, 0)});
  EXPECT_EQ(Pings(), 3);
}

TEST_P(ServerSearchActivity, FiltersChooseAndUnknownIsAnEmptyText) {
  NumberedAggregate other = SumAt(2, 0);
  other.aggregate.dimensions.application = "it's \xff";
  other.aggregate.dimensions.os_name.clear();
  AddAll({SumAt(1, 0), other});
  EXPECT_EQ(Sums({}, {{ActivityDimension::kProduct, "Crashy"}})[0].measures.count, 1);
  EXPECT_EQ(Sums({}, {{ActivityDimension::kProduct, "it's \xef\xbf\xbd"}})[0].measures.count, 1);
  EXPECT_THAT(Sums({}, {{ActivityDimension::kProduct, "' OR 1=1 --"}}), IsEmpty());
  const auto unknown = Sums({ActivityDimension::kPlatform}, {{ActivityDimension::kPlatform, ""}});
  ASSERT_THAT(unknown, SizeIs(1));
  EXPECT_EQ(unknown[0].keys[0], Value());
  const auto bad = index_->SumActivity({.window = {0, 1}, .filters = {{ActivityDimension::kDay, "today"}}});
  EXPECT_EQ(bad.error().code, base::Code::kBadValue);
}

TEST_P(ServerSearchActivity, PlatformsAreCalledAsCrashesCallThem) {
  NumberedAggregate windows = SumAt(1, 0);
  windows.aggregate.dimensions.os_name = "Windows";
  NumberedAggregate other = SumAt(2, 0);
  other.aggregate.dimensions.os_name = "Other";
  AddAll({windows, other, SumAt(3, 0)});
  std::vector<Value> platforms;
  for (const ActivitySum& sum : Sums({ActivityDimension::kPlatform})) platforms.push_back(sum.keys[0]);
  EXPECT_THAT(platforms, ::testing::UnorderedElementsAre(Value("Linux"), Value("Windows NT"), Value()));
  EXPECT_THAT(Sums({}, {{ActivityDimension::kPlatform, "Windows NT"}}), SizeIs(1));
}

// Test days are in November 2026.
TEST_P(ServerSearchActivity, OldBuildsCountUnlessRecentOnesAreAskedFor) {
  NumberedAggregate old = SumAt(2, 0);
  old.aggregate.dimensions.build_id = "20260430120000";
  NumberedAggregate recent = SumAt(3, 24 * 60);
  recent.aggregate.dimensions.build_id = "20260501120000";
  AddAll({SumAt(1, 0), old, recent});
  EXPECT_EQ(Pings(), 3);
  const auto all_days = Sums({}, {}, true);
  ASSERT_THAT(all_days, SizeIs(1));
  EXPECT_EQ(all_days[0].measures.count, 2);
  const auto products = Sums({ActivityDimension::kProduct}, {}, true);
  ASSERT_THAT(products, SizeIs(1));
  EXPECT_THAT(products[0].keys, ElementsAre(Value("Crashy")));
  EXPECT_EQ(products[0].measures.usage_seconds, 2 * kHour);
  EXPECT_THAT(Sums({ActivityDimension::kBuildId}, {}, true), SizeIs(2));
}

TEST_P(ServerSearchActivity, ExpiredWeeksGo) {
  AddAll({SumAt(1, -30 * 24 * 60), SumAt(2, 0)});
  ASSERT_TRUE(index_->Expire({.activity_before_ms = kMidnightMs}));
  EXPECT_EQ(Pings(), 1);
  AddAll({SumAt(2, 0), SumAt(3, -30 * 24 * 60)});
  EXPECT_EQ(Pings(), 2) << "a week may come back";
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchActivity, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
