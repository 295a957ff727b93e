#include "server/worker/parts.h"

#include <gtest/gtest.h>

namespace cairn::worker {
namespace {

TEST(PartsTest, WhatIsJoinedIsSplit) {
  const std::vector<std::string> parts = {"one", "", "3\n4", std::string("\0", 1)};
  const std::string text = JoinParts(parts);
  const auto split = SplitParts(text, parts.size());
  ASSERT_TRUE(split);
  EXPECT_EQ(std::vector<std::string>(split->begin(), split->end()), parts);
  EXPECT_TRUE(SplitParts("", 0)->empty());
  EXPECT_EQ(SplitParts(text, parts.size() - 1).error().code, base::Code::kLimitExceeded);
}

TEST(PartsTest, OtherTextsAreRefused) {
  for (const char* const text : {"3", "\n", "-1\nx", "3\nab", "x\nab", "99999999999999999999\nab", "1\nab"}) {
    const auto split = SplitParts(text, 10);
    ASSERT_FALSE(split) << text;
    EXPECT_EQ(split.error().code, base::Code::kBadValue);
  }
}

}  // namespace
}  // namespace cairn::worker
