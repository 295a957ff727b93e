#include "server/accounts/rate_limiter.h"

#include <gtest/gtest.h>

namespace cairn::accounts {
namespace {

class RateLimiterTest : public ::testing::Test {
 protected:
  std::int64_t now_ms_ = 1'000'000;
  RateLimiter limiter_{{.burst = 3, .refill_ms = 100}, [this] { return now_ms_; }};
};

TEST_F(RateLimiterTest, ABurstIsTakenAndThenOneEverySoOften) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter_.Take("a"), 0) << i;
  EXPECT_EQ(limiter_.Take("a"), 100);
  EXPECT_EQ(limiter_.Take("b"), 0) << "another key";
  now_ms_ += 99;
  EXPECT_EQ(limiter_.Take("a"), 1);
  now_ms_ += 1;
  EXPECT_EQ(limiter_.Take("a"), 0);
  EXPECT_EQ(limiter_.Take("a"), 100);
  now_ms_ += 10'000;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter_.Take("a"), 0) << i;
  EXPECT_GT(limiter_.Take("a"), 0) << "it grows back to the burst, not beyond";
}

TEST_F(RateLimiterTest, WhatIsGivenBackDoesNotCount) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limiter_.Take("a"), 0) << i;
    limiter_.GiveBack("a");
  }
  limiter_.GiveBack("unknown");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter_.Take("a"), 0) << i;
  EXPECT_GT(limiter_.Take("a"), 0);
}

TEST_F(RateLimiterTest, ItForgetsRatherThanGrows) {
  for (std::size_t i = 0; i < kMaxLimitedKeys; ++i) limiter_.Take(std::to_string(i));
  EXPECT_EQ(limiter_.keys(), kMaxLimitedKeys);
  now_ms_ += 50;
  for (int i = 0; i < 3; ++i) limiter_.Take("0");
  now_ms_ += 50;  // All but the first are whole again.
  EXPECT_EQ(limiter_.Take("new"), 0);
  EXPECT_EQ(limiter_.keys(), 2U);
  for (std::size_t i = 0; i < 2 * kMaxLimitedKeys; ++i) limiter_.Take("k" + std::to_string(i));
  EXPECT_LE(limiter_.keys(), kMaxLimitedKeys);
}

}  // namespace
}  // namespace cairn::accounts
