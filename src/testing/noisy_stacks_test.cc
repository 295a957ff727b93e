#include "testing/noisy_stacks.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace cairn::testing {
namespace {

TEST(NoisyStacksTest, SameSettingsGiveTheSameStacks) {
  const std::vector<NoisyStack> first = MakeNoisyStacks({.stacks = 50});
  const std::vector<NoisyStack> second = MakeNoisyStacks({.stacks = 50});
  ASSERT_EQ(first.size(), 50u);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].bug, second[i].bug);
    ASSERT_EQ(first[i].frames.size(), second[i].frames.size());
    EXPECT_EQ(first[i].frames[0].function, second[i].frames[0].function);
  }
  EXPECT_NE(MakeNoisyStacks({.stacks = 50, .seed = 2})[0].frames[0].module_offset,
            first[0].frames[0].module_offset);
}

TEST(NoisyStacksTest, BugsAreHitUnequallyAndStacksOfOneDiffer) {
  const std::vector<NoisyStack> stacks = MakeNoisyStacks({});
  std::map<std::uint32_t, std::size_t> hits;
  std::map<std::uint32_t, std::set<std::size_t>> sizes;
  for (const NoisyStack& stack : stacks) {
    EXPECT_FALSE(stack.frames.empty());
    ++hits[stack.bug];
    sizes[stack.bug].insert(stack.frames.size());
  }
  EXPECT_GT(hits.size(), 100u);
  EXPECT_GT(hits[0], 200u);
  EXPECT_LT(hits.rbegin()->second, 20u);
  EXPECT_GT(sizes[0].size(), 2u);
}

TEST(NoisyStacksTest, WithoutNoiseABugIsOneStackOfEachBuild) {
  const Noise none{0, 0, 0, 0, 0, 0};
  std::map<std::uint32_t, std::set<std::uint64_t>> places;
  for (const NoisyStack& stack : MakeNoisyStacks({.noise = none})) {
    places[stack.bug].insert(stack.frames[0].module_offset);
    EXPECT_EQ(stack.frames.back().function, "main");
  }
  for (const auto& [bug, offsets] : places) EXPECT_LE(offsets.size(), 4u) << bug;
}

}  // namespace
}  // namespace cairn::testing
