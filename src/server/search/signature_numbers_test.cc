#include "server/search/signature_numbers.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

using Entries = std::vector<SignatureNumbers::Entry>;

TEST(ServerSearchSignatureNumbers, WhatWasTakenBeforeAChangeStaysAsItWas) {
  SignatureNumbers numbers;
  EXPECT_EQ(numbers.Now()->Of(0), SignatureNumbers::kNone);
  numbers.Set(Entries{{0, 7}, {2, 9}});
  const auto before = numbers.Now();
  numbers.Set(Entries{{0, 8}});
  EXPECT_EQ(before->Of(0), 7);
  EXPECT_EQ(numbers.Now()->Of(0), 8);
  EXPECT_EQ(numbers.Now()->Of(1), SignatureNumbers::kNone);
  EXPECT_EQ(numbers.Now()->Of(2), 9);
  EXPECT_EQ(numbers.Now()->Of(1'000), SignatureNumbers::kNone);
  EXPECT_EQ(numbers.signatures(), 10U);
}

TEST(ServerSearchSignatureNumbers, ASignatureCanBeLost) {
  SignatureNumbers numbers;
  numbers.Set(Entries{{3, 0}});
  numbers.Set(Entries{{3, SignatureNumbers::kNone}});
  EXPECT_EQ(numbers.Now()->Of(3), SignatureNumbers::kNone);
  numbers.Set(Entries{{3, 1}, {4, 2}});
  numbers.Reset(Entries{{4, 5}});
  EXPECT_EQ(numbers.Now()->Of(3), SignatureNumbers::kNone);
  EXPECT_EQ(numbers.Now()->Of(4), 5);
}

}  // namespace
}  // namespace cairn::search
