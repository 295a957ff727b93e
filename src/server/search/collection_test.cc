#include "server/search/collection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace cairn::search {
namespace {

void Add(Collection& collection, const std::vector<std::int64_t>& first,
         const std::vector<std::int64_t>& second) {
  const std::int64_t* const columns[] = {first.data(), second.data()};
  collection.Add(columns, first.size());
}

TEST(ServerSearchCollection, RowsOfAllThreadsStayTogether) {
  Collection collection(2);
  std::thread other([&] { Add(collection, {1, 2, 3}, {10, 20, 30}); });
  Add(collection, {4}, {40});
  Add(collection, {5, 6}, {50, 60});
  other.join();
  EXPECT_FALSE(collection.is_full());
  const auto columns = collection.Take();
  ASSERT_EQ(columns.size(), 2U);
  ASSERT_EQ(columns[0].size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(columns[1][i], 10 * columns[0][i]);
  std::vector<std::int64_t> first = columns[0];
  std::ranges::sort(first);
  EXPECT_EQ(first, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST(ServerSearchCollection, WhatIsTooMuchIsTold) {
  Collection collection(2);
  const std::vector<std::int64_t> many(kMaxCollectedRows);
  Add(collection, many, many);
  EXPECT_FALSE(collection.is_full());
  Add(collection, {1}, {1});
  EXPECT_TRUE(collection.is_full());
}

}  // namespace
}  // namespace cairn::search
