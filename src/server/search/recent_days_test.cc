#include "server/search/recent_days.h"

#include <set>

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

using Days = RecentDays<int, std::set<int>>;

TEST(ServerSearchRecentDays, ADayIsReadOnceWhileItIsInUse) {
  int reads = 0;
  Days days([&](int day) -> base::Result<std::set<int>> {
    ++reads;
    return std::set<int>{day};
  });
  const auto first = days.Of(7);
  ASSERT_TRUE(first);
  EXPECT_TRUE((*first)->contains(7));
  (*first)->insert(8);
  // The longest unused goes, so the day in use is still there.
  for (int day = 100; day < 106; ++day) {
    ASSERT_TRUE(days.Of(day));
    EXPECT_TRUE((*days.Of(7))->contains(8));
  }
  EXPECT_EQ(reads, 7);
  EXPECT_TRUE(days.Find(7)->contains(8));
  EXPECT_EQ(days.Find(100), nullptr);
  ASSERT_TRUE(days.Of(100));
  EXPECT_EQ(reads, 8);
  days.Clear();
  EXPECT_FALSE((*days.Of(7))->contains(8));
}

TEST(ServerSearchRecentDays, ADayThatCannotBeReadIsAnErrorAndIsTriedAgain) {
  bool broken = true;
  Days days([&](int) -> base::Result<std::set<int>> {
    if (broken) return base::Error{base::Code::kIo, 5, "disk"};
    return std::set<int>{};
  });
  EXPECT_FALSE(days.Of(1));
  broken = false;
  EXPECT_TRUE(days.Of(1));
}

}  // namespace
}  // namespace cairn::search
