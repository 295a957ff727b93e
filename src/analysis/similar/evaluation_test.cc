#include "analysis/similar/evaluation.h"

#include <gtest/gtest.h>

namespace cairn::similar {
namespace {

TEST(EvaluationTest, BCubedOfAPerfectAndOfADegenerateGrouping) {
  const std::vector<std::uint32_t> kinds = {1, 1, 2, 2};
  EXPECT_DOUBLE_EQ(BCubedOf(kinds, std::vector<std::uint32_t>{7, 7, 3, 3}).F1(), 1);
  const BCubed one_group = BCubedOf(kinds, std::vector<std::uint32_t>{1, 1, 1, 1});
  EXPECT_DOUBLE_EQ(one_group.precision, 0.5);
  EXPECT_DOUBLE_EQ(one_group.recall, 1);
  const BCubed alone = BCubedOf(kinds, std::vector<std::uint32_t>{1, 2, 3, 4});
  EXPECT_DOUBLE_EQ(alone.precision, 1);
  EXPECT_DOUBLE_EQ(alone.recall, 0.5);
  EXPECT_EQ(BCubedOf({}, {}).F1(), 0);
}

// The example of Bagga and Baldwin's paper: twelve items, of which two kinds were joined.
TEST(EvaluationTest, BCubedOfTheExampleInTheLiterature) {
  const std::vector<std::uint32_t> kinds = {1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3};
  const std::vector<std::uint32_t> groups = {1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2};
  EXPECT_NEAR(BCubedOf(kinds, groups).precision, 0.762, 0.001);
  EXPECT_DOUBLE_EQ(BCubedOf(kinds, groups).recall, 1);
}

TEST(EvaluationTest, AreaUnderCurveIsTheChanceToRankRight) {
  EXPECT_DOUBLE_EQ(AreaUnderCurve(std::vector<ScoredPair>{{0.9, true}, {0.1, false}}), 1);
  EXPECT_DOUBLE_EQ(AreaUnderCurve(std::vector<ScoredPair>{{0.1, true}, {0.9, false}}), 0);
  EXPECT_DOUBLE_EQ(AreaUnderCurve(std::vector<ScoredPair>{{1, true}, {1, false}}), 0.5);
  EXPECT_DOUBLE_EQ(AreaUnderCurve(std::vector<ScoredPair>{{1, true}, {0, true}, {0, false}, {-1, false}}),
                   0.875);
  EXPECT_DOUBLE_EQ(AreaUnderCurve(std::vector<ScoredPair>{{1, true}}), 0.5);
}

}  // namespace
}  // namespace cairn::similar
