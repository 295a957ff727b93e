#include "analysis/signature/pattern_set.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>
#include <string>

#include "analysis/signature/default_lists.h"

namespace cairn::signature {
namespace {

bool Matches(std::string_view pattern, std::string_view text) {
  PatternSet set;
  EXPECT_TRUE(set.Add(pattern)) << pattern;
  return set.MatchesAtStart(text);
}

bool IsTaken(std::string_view pattern) { return PatternSet().Add(pattern); }

TEST(PatternSet, MatchesAtTheStartOnly) {
  EXPECT_TRUE(Matches("raise", "raise_error"));
  EXPECT_FALSE(Matches("raise", "my_raise"));
  EXPECT_FALSE(Matches("raise", "rais"));
  EXPECT_TRUE(Matches("", ""));
  EXPECT_TRUE(Matches("a|", "b"));
  EXPECT_TRUE(Matches("abort$", "abort"));
  EXPECT_FALSE(Matches("abort$", "abort_all"));
}

TEST(PatternSet, Repetitions) {
  EXPECT_TRUE(Matches("_*(GI_+)?free$", "___GI___free"));
  EXPECT_FALSE(Matches("_*(GI_+)?free$", "GIfree"));
  EXPECT_TRUE(Matches("@0x[0-9a-fA-F]{2,}$", "@0x7fF0"));
  EXPECT_FALSE(Matches("@0x[0-9a-fA-F]{2,}$", "@0xf"));
  EXPECT_TRUE(Matches("a{2}$", "aa"));
  EXPECT_FALSE(Matches("a{2,3}$", "aaaa"));
  EXPECT_TRUE(Matches("((a*)*|b)*c", "aabac")) << "what may be empty in what may be endless";
}

TEST(PatternSet, ClassesAndDots) {
  EXPECT_TRUE(Matches("[^ |]+\\.so$", "libx\xff.so"));
  EXPECT_FALSE(Matches("[^ |]+\\.so$", "lib x.so"));
  EXPECT_TRUE(Matches("[a-c_-]+x", "b-_x"));
  EXPECT_TRUE(Matches("a.c",
                      "a\xe9"
                      "c"));
  EXPECT_FALSE(Matches("a.c", "a\nc"));
  EXPECT_TRUE(Matches("\\(unloaded \\)", "(unloaded )"));
}

TEST(PatternSet, NamedClassesAndLiteralBraces) {
  EXPECT_TRUE(Matches("libc-\\d+\\.\\d+$", "libc-2.36"));
  EXPECT_FALSE(Matches("a\\D$", "a7"));
  EXPECT_TRUE(Matches("\\w\\s\\W\\S", "_ -x"));
  EXPECT_TRUE(Matches("f::{{closure}}$", "f::{{closure}}"));
  EXPECT_TRUE(Matches("{virtual {1,2", "{virtual {1,2"));
  EXPECT_TRUE(Matches("a{,3}", "a{,3}"));
  EXPECT_FALSE(IsTaken("{2}"));
}

TEST(PatternSet, FirstMatchIsTheFirstWithATagThatIsAskedFor) {
  PatternSet set;
  ASSERT_TRUE(set.Add(".*c", 1));
  ASSERT_TRUE(set.Add("ab", 2));
  ASSERT_TRUE(set.Add("a", 3));
  EXPECT_EQ(set.FirstMatch("abc", 3), 0u);
  EXPECT_EQ(set.FirstMatch("abc", 2), 1u);
  EXPECT_EQ(set.FirstMatch("ax", 1), 2u);
  EXPECT_EQ(set.FirstMatch("x", 3), std::nullopt);
}

TEST(PatternSet, FirstBytesAreThoseOfAllPatterns) {
  PatternSet set;
  EXPECT_TRUE(set.FirstBytes().none());
  ASSERT_TRUE(set.Add("ab|[x-y]+"));
  EXPECT_EQ(set.FirstBytes().count(), 3u);
  ASSERT_TRUE(set.Add("q*"));
  EXPECT_TRUE(set.FirstBytes().all());
}

TEST(PatternSet, WhatOnlyRe2Understands) {
  for (const char* const pattern : {"\\bx", "(?i)x", "(?P<n>x)", "a*?", "a**", "a{2}{3}", "[[:alpha:]]",
                                    "[]a]", "x{2}{3}", "^a", "\xe9", "a{65}", "a{03}", "\\x41", "[\\w]"}) {
    EXPECT_FALSE(IsTaken(pattern)) << pattern;
  }
}

TEST(PatternSet, WhatIsNoPattern) {
  for (const char* const pattern : {"(a", "a)", "[a", "*", "a|*", "\\", "[b-a]", "a{3,2}", "()+)", "[]"}) {
    EXPECT_FALSE(IsTaken(pattern)) << pattern;
    EXPECT_FALSE(re2::RE2(pattern, re2::RE2::Quiet).ok()) << pattern;
  }
}

TEST(PatternSet, NestingAndSizeAreLimited) {
  EXPECT_TRUE(IsTaken("((((((((a))))))))"));
  EXPECT_FALSE(IsTaken(std::string(100, '(') + "a" + std::string(100, ')')));
  EXPECT_FALSE(IsTaken("(((a{60}){60}){60})"));
  EXPECT_FALSE(IsTaken("(((((((){60}){60}){60}){60}){60}){60})")) << "much of nothing";
  EXPECT_TRUE(Matches(std::string(5000, 'a') + "|" + std::string(5000, 'b'), std::string(5000, 'b')));
}

TEST(PatternSet, RefusedPatternLeavesNoTrace) {
  PatternSet set;
  EXPECT_TRUE(set.Add("one"));
  EXPECT_FALSE(set.Add("[x-z]+y(three"));
  EXPECT_TRUE(set.Add("[t-v]wo"));
  EXPECT_TRUE(set.MatchesAtStart("one"));
  EXPECT_TRUE(set.MatchesAtStart("two"));
  EXPECT_FALSE(set.MatchesAtStart("xxythree"));
}

// Texts that go along a pattern for a while: its own bytes by way of any of its alternatives, and often some
// of them changed, doubled or left out.
std::string NearText(std::string_view pattern, std::mt19937& random) {
  std::string text;
  const bool is_close = random() % 4 != 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const std::size_t group_end = std::min(pattern.find(')', i), pattern.size());
    const std::size_t bar = pattern.find('|', i);
    if (c == '|') {
      i = group_end;
    } else if (c == '(' && bar < group_end && random() % 2 == 0) {
      i = bar;
    } else if (std::string_view("\\()[]?+*$^").find(c) == std::string_view::npos || random() % 32 == 0) {
      const auto change = random() % (is_close ? 256 : 8);
      if (change == 1) text += c;
      if (change != 0) text += change == 2 ? static_cast<char>(random() % 256) : c;
    }
  }
  return random() % 4 == 0 ? text.substr(0, random() % (text.size() + 1)) : text;
}

TEST(PatternSet, AgreesWithRe2OnAllDefaultRows) {
  std::mt19937 random(3);
  std::size_t matched = 0;
  std::size_t not_matched = 0;
  for (const ListRow& row : DefaultListRows()) {
    if (row.kind == ListKind::kSentinel) continue;
    PatternSet set;
    ASSERT_TRUE(set.Add(row.pattern)) << row.pattern;
    const re2::RE2 oracle(re2::StringPiece(row.pattern.data(), row.pattern.size()), re2::RE2::Latin1);
    for (int i = 0; i < 200; ++i) {
      const std::string text = NearText(row.pattern, random);
      const bool expected = oracle.Match(text, 0, text.size(), re2::RE2::ANCHOR_START, nullptr, 0);
      EXPECT_EQ(set.MatchesAtStart(text), expected) << row.pattern << "\n" << text;
      ++(expected ? matched : not_matched);
    }
  }
  EXPECT_GT(matched, 1000u);
  EXPECT_GT(not_matched, 1000u);
}

}  // namespace
}  // namespace cairn::signature
