#include "server/search/tally.h"

#include <gtest/gtest.h>

#include <thread>

namespace cairn::search {
namespace {

void Count(Tally& tally, const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& second,
           const double* weights = nullptr) {
  const std::int64_t* const keys[] = {first.data(), second.data()};
  tally.Count(keys, weights, first.size());
}

TEST(ServerSearchTally, ThreadsCountTogether) {
  Tally tally({3, 2}, false);
  std::thread other([&] { Count(tally, {0, 2, 2, -1}, {1, 0, -1, 1}); });
  Count(tally, {2, 2}, {0, 0});
  other.join();
  ASSERT_FALSE(tally.is_broken());
  tally.Join();
  EXPECT_EQ(tally.SumOf({}).crashes, 6U);
  EXPECT_EQ(tally.CountsBelow({}), (std::vector<std::uint64_t>{1, 1, 0, 4})) << "of an absent key first";
  const std::int64_t two = 2;
  EXPECT_EQ(tally.CountsBelow(std::span(&two, 1)), (std::vector<std::uint64_t>{1, 3, 0}));
  const std::int64_t absent = -1;
  EXPECT_EQ(tally.SumOf(std::span(&absent, 1)).crashes, 1U);
}

TEST(ServerSearchTally, WeightsAreSummed) {
  Tally tally({1, 1}, true);
  const double weights[] = {10, 1, 2};
  Count(tally, {0, 0, -1}, {0, 0, 0}, weights);
  tally.Join();
  const std::int64_t zero = 0;
  const TallyCell cell = tally.SumOf(std::span(&zero, 1));
  EXPECT_EQ(cell.crashes, 2U);
  EXPECT_EQ(cell.weight, 11);
  EXPECT_EQ(cell.variance, 90);
}

TEST(ServerSearchTally, AKeyThatIsTooLargeBreaksIt) {
  Tally tally({2, 2}, false);
  Count(tally, {0, 2}, {0, 0});
  EXPECT_TRUE(tally.is_broken());
}

TEST(ServerSearchTally, NothingCountedIsZero) {
  Tally tally({2, 2}, true);
  tally.Join();
  EXPECT_EQ(tally.SumOf({}).crashes, 0U);
}

}  // namespace
}  // namespace cairn::search
