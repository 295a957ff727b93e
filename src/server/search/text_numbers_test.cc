#include "server/search/text_numbers.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cairn::search {
namespace {

std::vector<std::int64_t> NumbersOf(TextNumbers& numbers, const std::vector<std::string_view>& texts) {
  std::vector<std::int64_t> given(texts.size());
  numbers.Number(texts, given.data());
  return given;
}

TEST(ServerSearchTextNumbers, TextsAreNumberedAsTheyCome) {
  TextNumbers numbers(10);
  EXPECT_EQ(NumbersOf(numbers, {"b", "b", "a", {}, "", "b"}), (std::vector<std::int64_t>{0, 0, 1, -1, 2, 0}));
  EXPECT_EQ(NumbersOf(numbers, {{}, {}, "c"}), (std::vector<std::int64_t>{-1, -1, 3}));
  EXPECT_EQ(numbers.TextOf(1), "a");
  EXPECT_EQ(numbers.TextOf(2), "");
}

TEST(ServerSearchTextNumbers, WhatFindsNoPlaceHasTheNumberBehindTheLast) {
  TextNumbers numbers(2);
  EXPECT_EQ(NumbersOf(numbers, {"a", "b", "c", "a", "c"}), (std::vector<std::int64_t>{0, 1, 2, 0, 2}));
}

TEST(ServerSearchTextNumbers, ThreadsGetTheSameNumbers) {
  TextNumbers numbers(1'000);
  std::vector<std::string> texts;
  for (int i = 0; i < 1'000; ++i) texts.push_back(std::to_string(i * 7 % 1'000));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<std::int64_t> other;
  std::thread thread([&] { other = NumbersOf(numbers, views); });
  const std::vector<std::int64_t> mine = NumbersOf(numbers, views);
  thread.join();
  EXPECT_EQ(mine, other);
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(numbers.TextOf(mine[i]), texts[i]);
}

}  // namespace
}  // namespace cairn::search
