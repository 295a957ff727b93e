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

TEST(QueryWordsTest, OfAPageOfTheSiteWhatIsAboutTheCrashesIsTaken) {
  EXPECT_EQ(Query({"https://h/search?product=Fox&view=flame&thread=any&_page=2&_order=-count&_sort=-date"}),
            "product=Fox&_sort=-date");
  EXPECT_EQ(Query({"http://h:8000/topcrashers?product=Fox&days=28&count=100&_facets_size=100"}),
            "product=Fox&date=%3E%3D-28d");
  EXPECT_EQ(Query({"https://h/under/signature/?signature=f%28int%29&tab=bugs&by=day#bugs"}),
            "signature=%3Df%28int%29");
  EXPECT_EQ(Query({"https://h/signature?signature=%3Df"}), "signature=%3Df");
  EXPECT_EQ(Query({"https://h?product=Fox&tab=x"}), "product=Fox&tab=x") << "a host alone is no page";
  EXPECT_EQ(Query({"https://h/api/Export/?product=Fox&_cursor=abc"}), "product=Fox&_cursor=abc");
  EXPECT_EQ(Query({"view=flame"}), "view=flame") << "who writes it is told that it is no field";
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
