#include "formats/symfile/text_places.h"

#include <algorithm>
#include <limits>
#include <random>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> OffsetsOf(std::span<const RecordPlace> places) {
  std::vector<std::uint32_t> offsets;
  for (const RecordPlace& place : places) offsets.push_back(place.offset);
  return offsets;
}

TEST(TextPlaces, SortingMergesRuns) {
  std::vector<RecordPlace> places;
  std::minstd_rand random(1);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    if (i % 90 == 0) places.push_back({0, i, 0});
    places.push_back({i % 7 == 0 ? random() % 500 : i, i, static_cast<std::uint32_t>(random() % 3)});
  }
  std::vector<RecordPlace> expected = places;
  std::ranges::stable_sort(expected, {}, [](const RecordPlace& place) {
    return std::tuple(place.key, place.size == 0, place.offset);
  });
  SortPlaces(places);
  EXPECT_EQ(OffsetsOf(places), OffsetsOf(expected));
  std::vector<RecordPlace> none;
  SortPlaces(none);
  EXPECT_TRUE(none.empty());
}

TEST(TextPlaces, LastOfAnIdCounts) {
  const std::vector<RecordPlace> places = {{1, 10, 0}, {2, 5, 0}, {2, 20, 0}, {9, 1, 0}};
  EXPECT_EQ(FindLast(places, 2)->offset, 20u);
  EXPECT_FALSE(FindLast(places, 3));
  EXPECT_FALSE(FindLast({}, 3));
}

TEST(TextPlaces, StartsAreFoundOnBothSides) {
  const std::vector<RecordPlace> places = {{1, 10, 0}, {2, 5, 0}, {2, 20, 0}, {9, 1, 0}};
  EXPECT_THAT(OffsetsOf(FindLastStart(places, 8)), ElementsAre(5, 20));
  EXPECT_THAT(OffsetsOf(FindLastStart(places, 0)), ElementsAre());
  EXPECT_THAT(OffsetsOf(FindNextStart(places, 1)), ElementsAre(5, 20));
  EXPECT_THAT(OffsetsOf(FindNextStart(places, 9)), ElementsAre());
}

TEST(TextPlaces, AllThatCoverAreFound) {
  std::vector<RecordPlace> places;
  std::minstd_rand random(2);
  for (std::uint32_t i = 0; i < 2000; ++i)
    places.push_back({random() % 10000, i, static_cast<std::uint32_t>(random() % 40)});
  places.push_back({50, 2000, 9000});
  const PlaceIndex index(places, {});
  for (std::uint64_t address = 0; address < 10100; ++address) {
    std::vector<std::uint32_t> expected;
    for (const RecordPlace& place : places) {
      if (address >= place.key && address - place.key < place.size) expected.push_back(place.offset);
    }
    ASSERT_EQ(OffsetsOf(index.FindCovering(address, places.size())), expected) << address;
    ASSERT_EQ(index.Covers(address), !expected.empty());
  }
}

TEST(TextPlaces, SmallestAreKeptAndOfOneSizeTheFirst) {
  const PlaceIndex index({{0, 1, 100}, {10, 2, 20}, {10, 3, 20}, {12, 4, 20}, {13, 5, 30}}, {});
  EXPECT_THAT(OffsetsOf(index.FindCovering(15, 2)), ElementsAre(2, 3));
  EXPECT_THAT(OffsetsOf(index.FindCovering(15, 4)), ElementsAre(2, 3, 4, 5));
}

TEST(TextPlaces, SizesBeyond32BitsAreKeptBeside) {
  constexpr std::uint64_t kSize = std::uint64_t{1} << 40;
  const PlaceIndex index({{16, 1, kLongSize}, {16, 2, kLongSize}}, {{2, kSize}});
  EXPECT_THAT(OffsetsOf(index.FindCovering(16 + kSize - 1, 2)), ElementsAre(2));
  EXPECT_FALSE(index.Covers(16 + kSize));
  EXPECT_THAT(OffsetsOf(index.FindCovering(16 + std::uint64_t{kLongSize} - 1, 1)), ElementsAre(1));
}

TEST(TextPlaces, LastAddressIsNotPassed) {
  constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  const PlaceIndex index({{kLast - 1, 1, 1}, {kLast, 2, 0}}, {});
  EXPECT_TRUE(index.Covers(kLast - 1));
  EXPECT_FALSE(index.Covers(kLast));
  EXPECT_FALSE(PlaceIndex().Covers(0));
}

}  // namespace
}  // namespace cairn::symfile
