// The contract of CrashIndex: sums of usage and crashes.
#include "server/search/activity.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_index_contract_for_test.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMidnightMs = kTestNowMs - kTestDayMs / 2;

class ServerSearchActivity : public CrashIndexContract {
 protected:
  static Activity ActivityAt(std::uint64_t number, std::int64_t minutes) {
    Activity activity;
    activity.uuid = TestUuid(number);
    activity.date_ms = kMidnightMs + minutes * 60'000;
    activity.dimensions = {
        .product = "Crashy", .version = "1.0", .release_channel = "release", .platform = "Linux"};
    activity.counts.sessions = 1;
    activity.counts.usage_hours = 1.5;
    return activity;
  }

  void AddAll(const std::vector<Activity>& activities) { ASSERT_TRUE(index_->AddActivity(activities)); }

  std::vector<ActivitySum> Sums(std::vector<ActivityDimension> group_by,
                                std::vector<std::pair<ActivityDimension, std::string>> filters = {}) {
    const auto sums =
        index_->SumActivity({.window = {kMidnightMs - 60 * kTestDayMs, kMidnightMs + 60 * kTestDayMs},
                             .filters = std::move(filters),
                             .group_by = std::move(group_by)});
    EXPECT_TRUE(sums);
    return sums ? *sums : std::vector<ActivitySum>{};
  }
};

TEST_P(ServerSearchActivity, WithoutActivityThereIsNoSum) {
  EXPECT_THAT(Sums({}), IsEmpty());
  EXPECT_THAT(Sums({ActivityDimension::kDay}), IsEmpty());
}

TEST_P(ServerSearchActivity, PingsAddUpByFiveMinutesAndByDay) {
  Activity crash = ActivityAt(3, 4);
  crash.counts = {.main_crashes = 1, .startup_crashes = 1};
  AddAll({ActivityAt(1, 0), ActivityAt(2, 5), crash});
  AddAll({ActivityAt(4, 24 * 60)});
  const auto windows = Sums({ActivityDimension::kWindow});
  ASSERT_THAT(windows, SizeIs(3));
  EXPECT_EQ(windows[0].keys[0], Value(kMidnightMs));
  EXPECT_EQ(windows[0].counts.pings, 2);
  EXPECT_EQ(windows[0].counts.main_crashes, 1);
  EXPECT_EQ(windows[0].counts.startup_crashes, 1);
  EXPECT_EQ(windows[0].counts.usage_hours, 1.5);
  EXPECT_EQ(windows[1].keys[0], Value(kMidnightMs + kActivityWindowMs));
  const auto days = Sums({ActivityDimension::kDay, ActivityDimension::kProduct});
  ASSERT_THAT(days, SizeIs(2));
  EXPECT_THAT(days[1].keys, ElementsAre(Value(kMidnightMs + kTestDayMs), Value("Crashy")));
  EXPECT_EQ(days[0].counts.usage_hours, 3);
  EXPECT_EQ(days[0].counts.sessions, 2);
  EXPECT_EQ(Sums({})[0].counts.pings, 4);
}

TEST_P(ServerSearchActivity, TheSamePingCountsOnce) {
  AddAll({ActivityAt(1, 0), ActivityAt(1, 0)});
  AddAll({ActivityAt(1, 0), ActivityAt(2, 0)});
  index_.reset();
  index_ = GetParam().open(folder_);
  AddAll({ActivityAt(1, 0), ActivityAt(2, 0)});
  EXPECT_EQ(Sums({})[0].counts.pings, 2);
  EXPECT_EQ(Sums({})[0].counts.usage_hours, 3);
}

TEST_P(ServerSearchActivity, ClientsAreCountedOnceADayAndKindOfUsage) {
  std::vector<Activity> activities;
  for (std::uint64_t i = 0; i < 6; ++i) {
    activities.push_back(ActivityAt(i, static_cast<std::int64_t>(i)));
    activities.back().client = ClientToken(i % 2 == 0 ? "one" : "other");
  }
  activities[4].client = 0;
  activities[5].dimensions.version = "2.0";
  AddAll(activities);
  EXPECT_EQ(Sums({})[0].counts.clients, 3) << "one, other, and other with another version";
  index_.reset();
  index_ = GetParam().open(folder_);
  Activity later = ActivityAt(7, 60);
  later.client = ClientToken("one");
  Activity next_day = ActivityAt(8, 25 * 60);
  next_day.client = ClientToken("one");
  AddAll({later, next_day});
  const auto days = Sums({ActivityDimension::kDay});
  ASSERT_THAT(days, SizeIs(2));
  EXPECT_EQ(days[0].counts.clients, 3);
  EXPECT_EQ(days[1].counts.clients, 1);
}

TEST_P(ServerSearchActivity, HoursThatCannotBeAreCut) {
  const std::vector<double> hours = {-1, 1000, std::numeric_limits<double>::quiet_NaN(),
                                     std::numeric_limits<double>::infinity()};
  std::vector<Activity> activities;
  for (const double hour : hours) {
    activities.push_back(ActivityAt(activities.size(), 0));
    activities.back().counts.usage_hours = hour;
  }
  AddAll(activities);
  EXPECT_EQ(Sums({})[0].counts.usage_hours, 48);
}

TEST_P(ServerSearchActivity, FiltersChooseAndUnknownIsAnEmptyText) {
  Activity other = ActivityAt(2, 0);
  other.dimensions.product = "it's \xff";
  other.dimensions.platform.clear();
  AddAll({ActivityAt(1, 0), other});
  EXPECT_EQ(Sums({}, {{ActivityDimension::kProduct, "Crashy"}})[0].counts.pings, 1);
  EXPECT_EQ(Sums({}, {{ActivityDimension::kProduct, "it's \xef\xbf\xbd"}})[0].counts.pings, 1);
  EXPECT_THAT(Sums({}, {{ActivityDimension::kProduct, "' OR 1=1 --"}}), IsEmpty());
  const auto unknown = Sums({ActivityDimension::kPlatform}, {{ActivityDimension::kPlatform, ""}});
  ASSERT_THAT(unknown, SizeIs(1));
  EXPECT_EQ(unknown[0].keys[0], Value());
  const auto bad = index_->SumActivity({.window = {0, 1}, .filters = {{ActivityDimension::kDay, "today"}}});
  EXPECT_EQ(bad.error().code, base::Code::kBadValue);
  EXPECT_EQ(index_->AddActivity(std::vector<Activity>{{.uuid = "no id"}}).error().code,
            base::Code::kBadValue);
}

TEST_P(ServerSearchActivity, SettledWeeksKeepTheirSumsAndExpiredOnesGo) {
  Activity old = ActivityAt(1, -30 * 24 * 60);
  old.client = ClientToken("one");
  AddAll({old, ActivityAt(2, 0)});
  AddAll({ActivityAt(3, -30 * 24 * 60)});
  ASSERT_TRUE(index_->Expire({.activity_ids_before_ms = kMidnightMs}));
  EXPECT_EQ(Sums({})[0].counts.pings, 3);
  EXPECT_EQ(Sums({})[0].counts.clients, 1);
  AddAll({ActivityAt(2, 0)});
  EXPECT_EQ(Sums({})[0].counts.pings, 3) << "ids of this week are still known";
  ASSERT_TRUE(index_->Expire({.activity_before_ms = kMidnightMs}));
  EXPECT_EQ(Sums({})[0].counts.pings, 1);
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchActivity, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
