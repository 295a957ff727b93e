#include "formats/symfile/address_partition.h"

#include <random>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

std::vector<Span> Partition(std::vector<RankedRange> ranges) {
  std::vector<Span> spans;
  AppendPartition(ranges, spans);
  return spans;
}

// The rule itself: of the ranges that cover `address` the lowest rank, then the lowest id.
std::uint32_t WinnerAt(const std::vector<RankedRange>& ranges, std::uint64_t address) {
  const RankedRange* winner = nullptr;
  for (const RankedRange& range : ranges) {
    if (address < range.start || address >= range.end) continue;
    if (winner == nullptr || std::pair(range.rank, range.id) < std::pair(winner->rank, winner->id))
      winner = &range;
  }
  return winner == nullptr ? kNoRange : winner->id;
}

std::uint32_t SpanAt(const std::vector<Span>& spans, std::uint64_t address) {
  std::uint32_t id = kNoRange;
  for (const Span& span : spans) {
    if (span.start <= address) id = span.id;
  }
  return id;
}

TEST(AddressPartition, NothingGivesNothing) {
  EXPECT_TRUE(Partition({}).empty());
  EXPECT_TRUE(Partition({{5, 5, 0, 1}, {9, 3, 0, 2}}).empty());
}

TEST(AddressPartition, DisjointRangesKeepTheirGaps) {
  EXPECT_EQ(Partition({{30, 40, 0, 2}, {10, 20, 0, 0}, {20, 25, 0, 1}}),
            (std::vector<Span>{{10, 0}, {20, 1}, {25, kNoRange}, {30, 2}, {40, kNoRange}}));
}

TEST(AddressPartition, InnerRangeInterruptsTheOuter) {
  // 0: |----------|   rank 10
  // 1:    |--|        rank 2
  EXPECT_EQ(Partition({{0, 10, 10, 0}, {3, 5, 2, 1}}),
            (std::vector<Span>{{0, 0}, {3, 1}, {5, 0}, {10, kNoRange}}));
}

TEST(AddressPartition, EqualRanksGoToTheLowerId) {
  EXPECT_EQ(Partition({{0, 10, 1, 1}, {5, 15, 1, 0}}), (std::vector<Span>{{0, 1}, {5, 0}, {15, kNoRange}}));
  EXPECT_EQ(Partition({{0, 10, 1, 0}, {5, 15, 1, 1}}), (std::vector<Span>{{0, 0}, {10, 1}, {15, kNoRange}}));
}

TEST(AddressPartition, AppendsBehindWhatIsThere) {
  std::vector<Span> spans = {{0, 7}};
  std::vector<RankedRange> ranges = {{0, 4, 0, 7}};
  AppendPartition(ranges, spans);
  EXPECT_EQ(spans, (std::vector<Span>{{0, 7}, {0, 7}, {4, kNoRange}}));
}

TEST(AddressPartition, AgreesWithTheRuleOnRandomRanges) {
  std::mt19937 random(1);
  const auto below = [&](unsigned limit) { return random() % limit; };
  for (int round = 0; round < 500; ++round) {
    std::vector<RankedRange> ranges(1 + below(12));
    for (std::uint32_t id = 0; id < ranges.size(); ++id) {
      const std::uint64_t start = below(40);
      ranges[id] = {start, start + below(20), below(4), id};
    }
    const std::vector<Span> spans = Partition(ranges);
    for (std::uint64_t address = 0; address < 64; ++address) {
      ASSERT_EQ(SpanAt(spans, address), WinnerAt(ranges, address))
          << "round " << round << ", address " << address;
    }
    for (std::size_t i = 1; i < spans.size(); ++i) {
      ASSERT_LT(spans[i - 1].start, spans[i].start);
      ASSERT_NE(spans[i - 1].id, spans[i].id);
    }
  }
}

}  // namespace
}  // namespace cairn::symfile
