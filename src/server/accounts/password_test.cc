#include "server/accounts/password.h"

#include <sodium.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace cairn::accounts {
namespace {

TEST(PasswordTest, OnlyThePasswordMatches) {
  PasswordHasher hasher;
  const std::string password = "correct horse; \"it's\" über";
  const auto hash = hasher.Hash(password);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *hash;
  EXPECT_NE(*hasher.Hash(password), *hash) << "each has its salt";
  EXPECT_TRUE(*hasher.Matches(*hash, password));
  EXPECT_FALSE(*hasher.Matches(*hash, password + "."));
  EXPECT_FALSE(*hasher.Matches(*hash, ""));
  EXPECT_FALSE(*hasher.Matches(*hash, std::string(kMaxPasswordBytes + 1, 'a')));
  EXPECT_FALSE(*hasher.Matches("nonsense", password));
  EXPECT_FALSE(*hasher.Matches("", password));
  EXPECT_FALSE(*hasher.Matches("", ""));
}

TEST(PasswordTest, WhereThereIsNoHashItTakesAsLong) {
  PasswordHasher hasher;
  const auto hash = hasher.Hash("a password");
  // The best of some: other work on the machine only adds to it.
  const auto best_ms = [&](const std::string& known) {
    double best = 1e9;
    for (int i = 0; i < 4; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_FALSE(*hasher.Matches(known, "another"));
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
      best = std::min(best, took.count());
    }
    return best;
  };
  const double of_a_user = best_ms(*hash);
  const double of_nobody = best_ms("");
  EXPECT_GT(of_nobody, of_a_user * 0.6);
  EXPECT_LT(of_nobody, of_a_user * 1.6);
}

TEST(PasswordTest, MoreThanMayWaitAreRefused) {
  PasswordHasher hasher;
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kMaxHashings + kMaxHashingsWaiting + 10; ++i) {
    threads.emplace_back([&] {
      const auto hash = hasher.Hash("a password");
      ++(hash ? made : refused);
      EXPECT_TRUE(hash || hash.error().code == base::Code::kLimitExceeded);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(made, kMaxHashings);
  EXPECT_GT(refused, 0);
  EXPECT_TRUE(hasher.Hash("a password")) << "a place is free again";
}

TEST(PasswordTest, ANewPasswordIsLongEnoughInCharacters) {
  EXPECT_EQ(MistakeInPassword("0123456789"), "");
  EXPECT_NE(MistakeInPassword("012345678"), "");
  EXPECT_NE(MistakeInPassword("üüüüü"), "") << "five, though ten bytes";
  EXPECT_EQ(MistakeInPassword("üüüüüüüüüü"), "");
  EXPECT_NE(MistakeInPassword(std::string(kMaxPasswordBytes + 1, 'a')), "");
  EXPECT_NE(MistakeInPassword("0123456789\xff"), "");
}

}  // namespace
}  // namespace cairn::accounts
