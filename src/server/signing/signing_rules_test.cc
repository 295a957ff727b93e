#include "server/signing/signing_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::signing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

Mistakes MistakesIn(const SettingsText& text) {
  const auto made = SigningRules::Create({text, {}});
  const auto* const mistakes = std::get_if<Mistakes>(&made);
  return mistakes == nullptr ? Mistakes{} : *mistakes;
}

TEST(ServerSigningRules, EachMistakeIsToldWithItsFileAndLine) {
  SettingsText text{.lists = ListTexts{.sentinels = "main\n",
                                       .irrelevant = "# fine\nraise\n",
                                       .prefix = "ok\n(\n\n[z-a]\n",
                                       .line_numbers = "x{2,1}\n"},
                    .rules = "[[rule]]\nname = \"n\"\neffect = \"skip\"\nfunction = \"(\"\n"};
  EXPECT_THAT(MistakesIn(text),
              ElementsAre(HasSubstr("prefix_signature_re.txt, line 2: `(`"),
                          HasSubstr("prefix_signature_re.txt, line 4: `[z-a]`"),
                          HasSubstr("signatures_with_line_numbers_re.txt, line 1: `x{2,1}`"),
                          HasSubstr("rules.toml, line 4: ")));
  text.lists->prefix = std::string(kMaxListBytes + 1, 'x');
  text.lists->line_numbers.clear();
  text.rules = "";
  EXPECT_THAT(MistakesIn(text), ElementsAre(HasSubstr("longer than 256 KiB")));
  text.lists->prefix.clear();
  for (int i = 0; i < 50; ++i) text.lists->prefix += "(\n";
  EXPECT_THAT(MistakesIn(text), SizeIs(kMaxMistakes));
}

TEST(ServerSigningRules, RulesMayAskOnlyForAnnotationsThatHistoryHas) {
  const std::string rule = "[[rule]]\nname = \"n\"\neffect = \"group-under\"\nto = \"x\"\nfunction = \"a\"\n";
  EXPECT_THAT(MistakesIn({.lists = {},
                          .rules = rule + "annotation = { name = \"AbortMessage\", matches = \"x\" }\n"}),
              SizeIs(0));
  EXPECT_THAT(MistakesIn({.lists = {}, .rules = rule + "annotation = { name = \"URL\", matches = \"x\" }\n"}),
              ElementsAre(HasSubstr("rules.toml, line 1: the annotation URL is not kept for signing")));
}

TEST(ServerSigningRules, DecisionsAreAppliedOneAfterTheOther) {
  const auto decision = [](std::vector<std::string> from, std::string to) {
    return Decision{.from = std::move(from), .to = std::move(to), .who = {}, .why = {}};
  };
  EXPECT_THAT(FoldDecisions(std::vector{decision({"a", "b"}, "c"), decision({"c", "d"}, "e")}),
              UnorderedElementsAre(Pair("a", "e"), Pair("b", "e"), Pair("c", "e"), Pair("d", "e")));
  EXPECT_THAT(FoldDecisions(std::vector{decision({"b"}, "c"), decision({"a"}, "b")}),
              UnorderedElementsAre(Pair("a", "b"), Pair("b", "c")));
  EXPECT_THAT(FoldDecisions(std::vector{decision({"a"}, "b"), decision({"b"}, "a")}),
              UnorderedElementsAre(Pair("a", "a"), Pair("b", "a")));
}

TEST(ServerSigningRules, TheStampTellsWhatSignaturesDependOn) {
  const auto stamp = [](const Settings& settings) {
    return std::get<std::shared_ptr<const SigningRules>>(SigningRules::Create(settings))->stamp();
  };
  Settings settings;
  const std::int64_t own = stamp(settings);
  EXPECT_EQ(stamp(settings), own);
  settings.decisions = {{.from = {"a"}, .to = "b", .who = "ann", .why = ""}};
  const std::int64_t decided = stamp(settings);
  EXPECT_NE(decided, own);
  settings.decisions[0].who = "bob";
  EXPECT_EQ(stamp(settings), decided);
  settings.text.lists = ListTexts{};
  EXPECT_NE(stamp(settings), decided);
}

}  // namespace
}  // namespace cairn::signing
