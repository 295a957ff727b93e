#include "server/symbols/content_range.h"

#include <gtest/gtest.h>

namespace cairn::symbols {
namespace {

TEST(ContentRangeTest, PiecesAndQuestionsAreRead) {
  const auto piece = ParseContentRange("bytes 5-9/20");
  ASSERT_TRUE(piece);
  EXPECT_FALSE(piece->is_question);
  EXPECT_EQ(piece->begin, 5U);
  EXPECT_EQ(piece->end, 10U);
  EXPECT_EQ(piece->total, 20U);
  EXPECT_FALSE(ParseContentRange("bytes 0-0/*")->total);
  EXPECT_TRUE(ParseContentRange("bytes */20")->is_question);
  EXPECT_TRUE(ParseContentRange("bytes */*")->is_question);
}

TEST(ContentRangeTest, WhatDoesNotLieInItsFileIsRefused) {
  for (const char* header :
       {"", "bytes", "bytes 1-2", "bytes 2-1/5", "bytes 0-5/5", "bytes a-b/5", "bytes -1/5", "bytes 1-/5",
        "0-1/5", "bytes 0-1/x", "bytes 0-99999999999999999999/*"}) {
    EXPECT_FALSE(ParseContentRange(header)) << header;
  }
}

}  // namespace
}  // namespace cairn::symbols
