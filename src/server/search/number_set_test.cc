#include "server/search/number_set.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchNumberSet, HasWhatWasAddedAndNothingElse) {
  NumberSet set;
  EXPECT_TRUE(set.IsEmpty());
  EXPECT_FALSE(set.Has(0));
  for (const std::int64_t number : {0, 63, 64, 1'000'000}) set.Add(number);
  for (const std::int64_t number : {0, 63, 64, 1'000'000}) EXPECT_TRUE(set.Has(number)) << number;
  for (const std::int64_t number : {1, 62, 65, 999'999, 1'000'001, 5'000'000, -1})
    EXPECT_FALSE(set.Has(number)) << number;
  EXPECT_FALSE(set.IsEmpty());
}

TEST(ServerSearchNumberSet, WhatBothHaveStays) {
  NumberSet set;
  NumberSet other;
  for (const std::int64_t number : {1, 2, 500}) set.Add(number);
  for (const std::int64_t number : {2, 3}) other.Add(number);
  set.KeepThoseOf(other);
  EXPECT_TRUE(set.Has(2));
  for (const std::int64_t number : {1, 3, 500}) EXPECT_FALSE(set.Has(number)) << number;
}

}  // namespace
}  // namespace cairn::search
