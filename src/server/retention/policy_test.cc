#include "server/retention/policy.h"

#include <gtest/gtest.h>

#include "server/search/week.h"

namespace cairn::retention {
namespace {

using search::CrashKind;
using search::kDayMs;

constexpr std::int64_t kMidnightMs = 20'000 * kDayMs;
constexpr std::int64_t kNowMs = kMidnightMs + 12 * 3'600'000;

TEST(ServerRetentionPolicy, DaysAreWhole) {
  EXPECT_EQ(StartOfKept(1, kNowMs), kMidnightMs - kDayMs);
  EXPECT_EQ(StartOfKept(1, kMidnightMs), kMidnightMs - kDayMs);
  EXPECT_EQ(StartOfKept(1, kMidnightMs - 1), kMidnightMs - 2 * kDayMs);
}

TEST(ServerRetentionPolicy, RulesComeFirstThenProductsThenKinds) {
  const Policy policy = {.rules = {{.product = "Crashy", .rule = "sampled", .days = 3}}};
  const std::vector<store::Product> products = {{.name = "Crashy", .report_days = 400},
                                                {.name = "Editor", .ping_days = 9}};
  const search::Retention retention = RetentionOf(policy, products, kNowMs);
  ASSERT_EQ(retention.rules.size(), 5U);
  EXPECT_FALSE(retention.rules[0].kind);
  EXPECT_EQ(retention.rules[0].rule, "sampled");
  EXPECT_EQ(retention.rules[0].before_ms, kMidnightMs - 3 * kDayMs);
  EXPECT_EQ(retention.rules[1].kind, CrashKind::kReport);
  EXPECT_EQ(retention.rules[1].product, "Crashy");
  EXPECT_EQ(retention.rules[1].before_ms, kMidnightMs - 400 * kDayMs);
  EXPECT_EQ(retention.rules[2].kind, CrashKind::kPing);
  EXPECT_EQ(retention.rules[2].product, "Editor");
  EXPECT_EQ(retention.rules[3].before_ms, kMidnightMs - 180 * kDayMs);
  EXPECT_EQ(retention.rules[4].kind, CrashKind::kPing);
  EXPECT_EQ(retention.rules[4].before_ms, kMidnightMs - 365 * kDayMs);
  EXPECT_EQ(retention.activity_before_ms, kMidnightMs - 730 * kDayMs);
}

TEST(ServerRetentionPolicy, TheLongestCountsForWhatIsNotKnownOfTheIndex) {
  Policy policy;
  EXPECT_EQ(LongestDays(policy, {}, CrashKind::kReport), 180);
  policy.rules = {{.kind = CrashKind::kReport, .product = "Crashy", .days = 3},
                  {.kind = CrashKind::kPing, .days = 999}};
  EXPECT_EQ(LongestDays(policy, {}, CrashKind::kReport), 180);
  const std::vector<store::Product> products = {{.name = "Crashy", .report_days = 400}};
  EXPECT_EQ(LongestDays(policy, products, CrashKind::kReport), 400);
  EXPECT_EQ(LongestDays(policy, products, CrashKind::kPing), 999);
}

}  // namespace
}  // namespace cairn::retention
