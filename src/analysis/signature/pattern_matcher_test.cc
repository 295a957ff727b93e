#include "analysis/signature/pattern_matcher.h"

#include <gtest/gtest.h>

#include <random>

#include "analysis/signature/default_lists.h"

namespace cairn::signature {
namespace {

TEST(PatternMatcherTest, GivesTheTagsOfAllPatternsThatMatch) {
  PatternSet set;
  ASSERT_TRUE(set.Add("raise", 1));
  ASSERT_TRUE(set.Add(".*alloc", 2));
  ASSERT_TRUE(set.Add("raise$", 4));
  PatternMatcher matcher(set);
  EXPECT_EQ(matcher.TagsAtStart("raise"), 1 | 4);
  EXPECT_EQ(matcher.TagsAtStart("raise_alloc"), 1 | 2);
  EXPECT_EQ(matcher.TagsAtStart("my_raise"), 0);
  EXPECT_EQ(matcher.TagsAtStart(""), 0);
  EXPECT_EQ(matcher.TagsAtStart("rais"), 0);
}

TEST(PatternMatcherTest, EmptySetMatchesNothing) {
  const PatternSet set;
  PatternMatcher matcher(set);
  EXPECT_EQ(matcher.TagsAtStart("a"), 0);
  EXPECT_EQ(matcher.TagsAtStart(""), 0);
}

TEST(PatternMatcherTest, WhatIsKnownIsNotMadeAgain) {
  PatternSet set;
  ASSERT_TRUE(set.Add("ab*c"));
  PatternMatcher matcher(set);
  EXPECT_EQ(matcher.TagsAtStart("abbbc"), 1);
  const std::uint64_t made = matcher.states_made();
  EXPECT_EQ(matcher.TagsAtStart("abbbbbbbbc"), 1);
  EXPECT_EQ(matcher.states_made(), made);
}

// The machine and the set agree on all texts, also when the machine is begun anew now and then.
TEST(PatternMatcherTest, AnswersLikeItsSet) {
  PatternSet set;
  std::vector<PatternSet> alone;
  for (const ListRow& row : DefaultListRows()) {
    PatternSet one;
    if (row.kind == ListKind::kSentinel || !one.Add(row.pattern)) continue;
    ASSERT_TRUE(set.Add(row.pattern, row.kind == ListKind::kPrefix ? 2 : 1));
  }
  // A pattern with more states than are kept: the last fourteen letters but one may be anything.
  ASSERT_TRUE(set.Add("[ab]*a[ab]{14}c", 4));
  PatternMatcher matcher(set);
  std::mt19937 random(7);
  const auto pick = [&](std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random);
  };
  for (int i = 0; i < 4000; ++i) {
    std::string text;
    if (i % 2 == 0) {
      const auto rows = DefaultListRows();
      text = rows[pick(rows.size())].pattern;
      text.resize(pick(text.size() + 1));
      std::erase(text, '\\');
    } else {
      while (text.size() < 40) text += "ab"[pick(2)];
      text += 'c';
    }
    std::uint8_t expected = 0;
    for (const auto tag : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{4}}) {
      if (set.FirstMatch(text, tag)) expected = static_cast<std::uint8_t>(expected | tag);
    }
    ASSERT_EQ(matcher.TagsAtStart(text), expected) << text;
  }
  EXPECT_GT(matcher.states_made(), PatternMatcher::kMaxStates) << "the table has been full";
}

}  // namespace
}  // namespace cairn::signature
