#include "apps/query_words.h"

#include <gtest/gtest.h>

namespace cairn::apps {
namespace {

std::string Query(const std::vector<std::string>& words) {
  const auto read = QueryStringOf(words);
  const auto* const mistake = std::get_if<QueryMistake>(&read);
  return mistake != nullptr ? "mistake: " + mistake->sentence : std::get<std::string>(read);
}

TEST(QueryWordsTest, TheGrammarIsThatOfTheUrl) {
  EXPECT_EQ(Query({"product=Fox&signature=~OOM&date=>=-7d"}), "product=Fox&signature=~OOM&date=%3E%3D-7d");
  EXPECT_EQ(Query({"product=Fox", "stack(crashing)=\"a b\" > c"}),
            "product=Fox&stack%28crashing%29=%22a%20b%22%20%3E%20c");
  EXPECT_EQ(Query({"?product=Fox&", "&version=!1.0"}), "product=Fox&version=%211.0");
  EXPECT_EQ(Query({"https://crashes.example/search?product=Fox&signature=f%28int%29+g#top"}),
            "product=Fox&signature=f%28int%29%20g");
  EXPECT_EQ(Query({}), "");
  EXPECT_EQ(Query({"https://crashes.example/search"}), "");
}

TEST(QueryWordsTest, WhatIsNotEscapedIsTakenAsItIs) {
  EXPECT_EQ(Query({"version=1.0+b"}), "version=1.0%2Bb");
  EXPECT_EQ(Query({"signature=100 % sure 5%"}), "signature=100%20%25%20sure%205%25");
  EXPECT_EQ(Query({"signature=a%26b+c"}), "signature=a%26b%20c");
  EXPECT_EQ(Query({"x="}), "x=");
}

TEST(QueryWordsTest, WhatIsNoParameterIsSaid) {
  EXPECT_TRUE(Query({"Fox"}).starts_with("mistake: \"Fox\" is no parameter"));
  EXPECT_TRUE(Query({"=Fox"}).starts_with("mistake: \"=Fox\""));
}

}  // namespace
}  // namespace cairn::apps
