#include "server/accounts/pending_sign_ins.h"

#include <gtest/gtest.h>

namespace cairn::accounts {
namespace {

TEST(PendingSignInsTest, OneComesBackOnceAndInTime) {
  std::int64_t now_ms = 1'000;
  PendingSignIns pending([&now_ms] { return now_ms; });
  EXPECT_TRUE(pending.Add({{.state = "a"}, "/next"}));
  EXPECT_TRUE(pending.Add({{.state = "b"}, "/"}));
  EXPECT_FALSE(pending.Take("c"));
  EXPECT_EQ(pending.Take("a")->next, "/next");
  EXPECT_FALSE(pending.Take("a"));
  now_ms += kSignInPatienceMs;
  EXPECT_FALSE(pending.Take("b"));
}

TEST(PendingSignInsTest, ThereAreOnlySoMany) {
  std::int64_t now_ms = 1'000;
  PendingSignIns pending([&now_ms] { return now_ms; });
  for (std::size_t i = 0; i < kMaxPendingSignIns; ++i)
    ASSERT_TRUE(pending.Add({{.state = std::to_string(i)}, "/"}));
  EXPECT_FALSE(pending.Add({{.state = "one more"}, "/"}));
  now_ms += kSignInPatienceMs;
  EXPECT_TRUE(pending.Add({{.state = "one more"}, "/"}));
}

}  // namespace
}  // namespace cairn::accounts
