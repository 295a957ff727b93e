#include "server/search/stack_match.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

constexpr std::optional<std::uint32_t> kAnyGap;

// Steps of which only the gaps matter here.
std::vector<StackStep> StepsWith(const std::vector<std::optional<std::uint32_t>>& gaps) {
  std::vector<StackStep> steps;
  for (const std::optional<std::uint32_t>& gap : gaps) steps.push_back({{}, gap});
  return steps;
}

// The stack, innermost first, is the addresses 1 2 3 4; address 2 stands for three frames, two of them
// inlined:
//   1   2.0   2.1   2.2   3   4
bool Has(const std::vector<std::optional<std::uint32_t>>& gaps, const std::vector<StepFrames>& frames) {
  const std::vector<std::int64_t> addresses = {1, 2, 3, 4};
  return HasSteps(addresses, StepsWith(gaps), frames, {{2, 3}});
}

TEST(ServerSearchStackMatch, FramesFollowEachOther) {
  EXPECT_TRUE(Has({0, 0}, {{{1, {0}}}, {{2, {0}}}}));
  EXPECT_TRUE(Has({0, 0}, {{{2, {2}}}, {{3, {0}}}}));
  EXPECT_TRUE(Has({0, 0}, {{{2, {0}}}, {{2, {1}}}})) << "inlined calls are frames";
  EXPECT_FALSE(Has({0, 0}, {{{1, {0}}}, {{2, {1}}}})) << "one frame lies between";
  EXPECT_FALSE(Has({0, 0}, {{{2, {0}}}, {{1, {0}}}})) << "the other way round";
}

TEST(ServerSearchStackMatch, GapsAreAtMostAsLongAsTheyMayBe) {
  EXPECT_FALSE(Has({0, 2}, {{{1, {0}}}, {{3, {0}}}}));
  EXPECT_TRUE(Has({0, 3}, {{{1, {0}}}, {{3, {0}}}}));
  EXPECT_TRUE(Has({0, kAnyGap}, {{{1, {0}}}, {{4, {0}}}}));
  EXPECT_FALSE(Has({0, kAnyGap}, {{{3, {0}}}, {{2, {2}}}}));
}

TEST(ServerSearchStackMatch, OneFrameIsNotTwoSteps) {
  EXPECT_FALSE(Has({0, kAnyGap}, {{{3, {0}}}, {{3, {0}}}}));
}

TEST(ServerSearchStackMatch, AnEarlierFrameIsTriedIfTheNearestLeadsNowhere) {
  // The first step fits 1 and 2.2, the second only 2.0.
  EXPECT_TRUE(Has({0, 0}, {{{1, {0}}, {2, {2}}}, {{2, {0}}}}));
  // Three steps of which the middle one fits twice, and only the first of these leads on.
  EXPECT_TRUE(Has({0, kAnyGap, 0}, {{{1, {0}}}, {{2, {1}}, {4, {0}}}, {{2, {2}}}}));
}

TEST(ServerSearchStackMatch, AnEmptyStackHasNothing) {
  EXPECT_FALSE(HasSteps({}, StepsWith({0}), std::vector<StepFrames>(1), {}));
}

}  // namespace
}  // namespace cairn::search
