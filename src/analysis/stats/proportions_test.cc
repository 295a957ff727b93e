#include "analysis/stats/proportions.h"

#include <array>
#include <random>

#include <gtest/gtest.h>

namespace cairn::stats {
namespace {

// 15 of 50 and 5 of 50 by hand: the squared deviate with Yates' correction is 450^2 * 100 / (20 * 80 * 50 *
// 50) = 5.0625, and the interval 0.2 -+ (1.96 * sqrt(0.006) + 0.02).
TEST(AnalysisStatsProportions, TheDifferenceIsThatByHand) {
  const Difference difference = Compare({15, 50}, {5, 50});
  EXPECT_DOUBLE_EQ(difference.value, 0.2);
  EXPECT_NEAR(difference.low, 0.02818, 0.0001);
  EXPECT_NEAR(difference.high, 0.37182, 0.0001);
  EXPECT_NEAR(difference.p_value, 0.02445, 0.0001);
}

TEST(AnalysisStatsProportions, EqualSharesDoNotDiffer) {
  const Difference difference = Compare({100, 400}, {1000, 4000});
  EXPECT_DOUBLE_EQ(difference.value, 0);
  EXPECT_DOUBLE_EQ(difference.p_value, 1);
  EXPECT_LT(difference.low, 0);
  EXPECT_GT(difference.high, 0);
}

TEST(AnalysisStatsProportions, OfNothingEverythingIsPossible) {
  EXPECT_EQ(Compare({0, 0}, {5, 50}).p_value, 1);
  EXPECT_EQ(Compare({0, 0}, {5, 50}).low, -1);
  EXPECT_EQ(Compare({5, 5}, {50, 50}).p_value, 1) << "all of both";
}

TEST(AnalysisStatsProportions, TheIntervalHoldsTheTruthAsOftenAsItSays) {
  std::mt19937 random(3);
  std::binomial_distribution<std::uint64_t> group(200, 0.3);
  std::binomial_distribution<std::uint64_t> others(2'000, 0.2);
  int held = 0;
  for (int i = 0; i < 4'000; ++i) {
    const Difference difference = Compare({group(random), 200}, {others(random), 2'000});
    if (difference.low <= 0.1 && 0.1 <= difference.high) ++held;
  }
  EXPECT_GT(held, 4'000 * 0.94);
  EXPECT_LT(held, 4'000 * 0.98);
}

TEST(AnalysisStatsProportions, AmongManyOnlyWhatIsRareEnoughIsSignificant) {
  EXPECT_EQ(SignificantP(std::array{0.01, 0.02, 0.9}, 0.05), 0.02);
  EXPECT_EQ(SignificantP(std::array{0.04, 0.5, 0.9}, 0.05), -1);
  EXPECT_EQ(SignificantP(std::array{0.04}, 0.05), 0.04);
  EXPECT_EQ(SignificantP({}, 0.05), -1);
}

}  // namespace
}  // namespace cairn::stats
