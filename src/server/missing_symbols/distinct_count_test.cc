#include "server/missing_symbols/distinct_count.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn::missing_symbols {
namespace {

DistinctCount CountOf(int first, int end) {
  DistinctCount count;
  for (int i = first; i < end; ++i) count.Add(HashOf("crash " + std::to_string(i)));
  return count;
}

TEST(DistinctCount, IsExactWhileThereAreFew) {
  EXPECT_EQ(DistinctCount().count(), 0u);
  EXPECT_EQ(CountOf(0, 1).count(), 1u);
  EXPECT_EQ(CountOf(0, 255).count(), 255u);
}

TEST(DistinctCount, OneThatCameBeforeChangesNothing) {
  DistinctCount count = CountOf(0, 100);
  count.Add(CountOf(50, 120));
  EXPECT_EQ(count.count(), 120u);
}

TEST(DistinctCount, IsNearTheTruthWhereThereAreMany) {
  for (const int many : {1'000, 20'000, 200'000}) {
    const double count = static_cast<double>(CountOf(0, many).count());
    EXPECT_NEAR(count / many, 1, 0.2) << many;  // Three times the usual error.
  }
  DistinctCount both = CountOf(0, 20'000);
  both.Add(CountOf(10'000, 30'000));
  EXPECT_EQ(both.count(), CountOf(0, 30'000).count()) << "the same as if they had been counted together";
}

TEST(DistinctCount, IsReadAsItWasWritten) {
  const DistinctCount count = CountOf(0, 1'000);
  EXPECT_EQ(DistinctCount::Read(count.Write()).count(), count.count());
  EXPECT_EQ(count.Write().size(), DistinctCount::kMaxHashes * 8);
  EXPECT_EQ(DistinctCount::Read("").count(), 0u);
  EXPECT_EQ(DistinctCount::Read("1234567").count(), 0u) << "what is cut is left out";
  EXPECT_LE(DistinctCount::Read(std::string(1 << 20, 'x')).Write().size(), DistinctCount::kMaxHashes * 8);
}

TEST(DistinctCount, TakesBackWhatItStillTellsApart) {
  DistinctCount count = CountOf(0, 3);
  EXPECT_TRUE(count.Remove(HashOf("crash 1")));
  EXPECT_FALSE(count.Remove(HashOf("crash 1")));
  EXPECT_EQ(count.count(), 2u);
}

}  // namespace
}  // namespace cairn::missing_symbols
