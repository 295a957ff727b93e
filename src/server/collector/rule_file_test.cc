#include "server/collector/rule_file.h"

#include <gtest/gtest.h>

namespace cairn::collector {
namespace {

std::string MistakesOf(const std::string& toml) {
  const auto parsed = ParseRules(toml);
  const auto* const mistakes = std::get_if<RuleMistakes>(&parsed);
  std::string text;
  if (mistakes != nullptr) {
    for (const std::string& mistake : *mistakes) text += mistake + "\n";
  }
  return text;
}

TEST(RuleFileTest, TheProfilesAreWithoutFault) {
  ASSERT_EQ(RuleProfiles().size(), 2u);
  for (const RuleProfile& profile : RuleProfiles()) {
    EXPECT_EQ(MistakesOf(std::string(profile.toml)), "") << profile.name;
  }
}

TEST(RuleFileTest, EachMistakeIsNamedWithItsLine) {
  const std::string good = "[[rule]]\nname = \"r\"\nresult = \"accept\"\n";
  const auto when = [&good](const std::string& condition) { return good + "when = [" + condition + "]\n"; };
  const struct {
    std::string toml;
    const char* mistake;
  } rows[] = {
      {"", "line 1: there is no rule"},
      {"rule = 5", "line 1: there is no rule"},
      {"[[rule]]\nname = ", "line 2: "},
      {"[[rule]]\nname = [ }\n", "line 2: "},
      {"[[rule]]\nname = \"r\"\nabout = \"\xe3\x80\x81\"\n", "line 3: a character that is not ASCII"},
      {"rules = []\n" + good, "line 1: `rules` is not known"},
      {"[[rule]]\nresult = \"accept\"\n", "line 1: the rule has no name"},
      {"[[rule]]\nname = \"r\"\n", "line 1: the rule has no result"},
      {"[[rule]]\nname = \"a b\"\nresult = \"accept\"\n", "line 2: a name is made of"},
      {"[[rule]]\nname = \"r\"\nresult = \"keep\"\n", "line 3: `result` must be accept"},
      {good + "percent = 101\n", "line 4: `percent` must be"},
      {good + "otherwise = \"reject\"\n", "line 1: `otherwise` never happens"},
      {good + "percent = 10\notherwise = \"accept\"\n", "line 1: `result` and `otherwise` are the same"},
      {good + "sample = 10\n", "line 4: `sample` is not known"},
      {good + good, "line 4: this rule is never asked, because `r`"},
      {good + "when = []\n", "line 4: `when` must be"},
      {when("{ equals = \"x\" }"), "line 4: the condition has no field"},
      {when("{ field = \"F\" }"), "line 4: a condition has one test of present, equals"},
      {when("{ field = \"F\", equals = \"x\", prefix = \"y\" }"), "line 4: a condition has one test"},
      {when("{ field = \"F\", is = \"x\" }"), "line 4: `is` is not known"},
      {when("{ field = \"F\", equals = 5 }"), "line 4: the test compares with a text"},
      {when("{ field = \"F\", in = \"fruits\" }"), "line 4: there is no list `fruits`"},
      {when("{ field = \"F\", in = [1] }"), "line 4: `in` must be"},
      {when("{ field = \"F\", matches = \"(\" }"),
       "line 4: the regular expression (RE2) has a fault: missing )"},
      {when("{ field = \"F\", matches = '(?=x)' }"), "line 4: the regular expression"},
      {when("{ field = \"F\", build_older_than_days = -1 }"), "line 4: the age of a build"},
      {when("{ field = \"F\", build_before = \"2017-12\" }"), "line 4: `build_before` is"},
      {when("{ field = \"F\", number_at_most = \"5\" }"), "line 4: the test compares with a number"},
      {when("{ field = \"F\", present = 1 }"), "line 4: `present` must be"},
      {when("{ field = \"F\", present = true, not = true }"), "line 4: `present` goes with neither"},
      {when("{ field = \"F\", equals = \"x\", not = 1 }"), "line 4: `not` must be true or false"},
      {when("{ field = 5, equals = \"x\" }"), "line 4: `field` must be a text"},
      {"lists = 5\n" + good, "line 1: `lists` must be a table"},
      {"[lists]\nfruits = 5\n" + good, "line 2: the list `fruits`"},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(MistakesOf(row.toml).find(row.mistake) != std::string::npos)
        << row.mistake << " in: " << MistakesOf(row.toml) << "of: " << row.toml;
  }
}

TEST(RuleFileTest, AllMistakesAreNamedAtOnce) {
  const std::string mistakes = MistakesOf("[[rule]]\nname = \"\"\n[[rule]]\nname = \"r\"\nresult = \"x\"\n");
  EXPECT_NE(mistakes.find("line 2: "), std::string::npos);
  EXPECT_NE(mistakes.find("line 5: "), std::string::npos);
}

TEST(RuleFileTest, TheRevisionIsOfTheText) {
  const auto revision = [](const std::string& text) { return std::get<RuleSet>(ParseRules(text)).revision; };
  const std::string one = "[[rule]]\nname = \"r\"\nresult = \"accept\"\n";
  EXPECT_EQ(revision(one), revision(one));
  EXPECT_NE(revision(one), revision(one + "# more\n"));
  EXPECT_EQ(revision(one).size(), 8u);
}

TEST(RuleFileTest, FilesThatAreTooLargeAreRefused) {
  EXPECT_NE(MistakesOf(std::string(kMaxRuleFileBytes + 1, '#')), "");
  std::string many;
  for (std::size_t i = 0; i <= kMaxRules; ++i) {
    many += "[[rule]]\nname = \"r\"\nresult = \"accept\"\nwhen = [{ field = \"F\", equals = \"x\" }]\n";
  }
  EXPECT_NE(MistakesOf(many).find("500 rules"), std::string::npos);
}

}  // namespace
}  // namespace cairn::collector
