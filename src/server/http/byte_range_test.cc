#include "server/http/byte_range.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

using Kind = RangeWish::Kind;

TEST(ByteRangeTest, RangesAreCutToTheFile) {
  struct Row {
    const char* header;
    ByteRange range;
  };
  for (const Row& row : {Row{"bytes=0-0", {0, 1}}, Row{"bytes=2-5", {2, 6}}, Row{"bytes=2-", {2, 10}},
                         Row{"bytes=2-99", {2, 10}}, Row{"bytes=-3", {7, 10}}, Row{"bytes=-99", {0, 10}},
                         Row{"bytes=9-18446744073709551615", {9, 10}}}) {
    const RangeWish wish = ParseRange(row.header, 10);
    EXPECT_EQ(wish.kind, Kind::kRange) << row.header;
    EXPECT_EQ(wish.range, row.range) << row.header;
  }
}

TEST(ByteRangeTest, WhatIsNotUnderstoodIsIgnoredAndWhatLiesBehindTheEndIsNowhere) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4",
                             "lines=1-2", "bytes= 1-2", "bytes=1-99999999999999999999"}) {
    EXPECT_EQ(ParseRange(header, 10).kind, Kind::kWhole) << header;
  }
  for (const char* header : {"bytes=10-", "bytes=10-12", "bytes=-0"}) {
    EXPECT_EQ(ParseRange(header, 10).kind, Kind::kNowhere) << header;
  }
  EXPECT_EQ(ParseRange("bytes=-1", 0).kind, Kind::kNowhere);
}

}  // namespace
}  // namespace cairn::http
