#include "analysis/signature/custom_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/signature/signature.h"

namespace cairn::signature {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

CustomRules Rules(std::string_view toml) {
  auto parsed = CustomRules::Parse(toml);
  if (const auto* const mistakes = std::get_if<CustomRuleMistakes>(&parsed))
    ADD_FAILURE() << mistakes->front();
  return std::get<CustomRules>(std::move(parsed));
}

CustomRuleMistakes Mistakes(std::string_view toml) {
  const auto parsed = CustomRules::Parse(toml);
  return std::holds_alternative<CustomRuleMistakes>(parsed) ? std::get<CustomRuleMistakes>(parsed)
                                                            : CustomRuleMistakes{};
}

const SignatureLists& Lists() {
  static const SignatureLists lists =
      *SignatureLists::Create({.sentinels = {"begin"}, .irrelevant = {"noise"}, .prefix = {"lead", "begin"}});
  return lists;
}

// Frames "module!function".
SignatureInput Stack(std::initializer_list<std::string_view> frames) {
  SignatureInput input;
  input.threads.emplace_back();
  for (const std::string_view frame : frames) {
    const std::size_t mark = frame.find('!');
    input.threads[0].frames.push_back(
        {.module = std::string(frame.substr(0, mark)), .function = std::string(frame.substr(mark + 1))});
  }
  return input;
}

model::Signature Sign(std::string_view toml, const SignatureInput& input) {
  const CustomRules rules = Rules(toml);
  return Signer(Lists(), &rules).Sign(input);
}

TEST(CustomRulesTest, SkipPrefixAndStopGoBeforeTheLists) {
  constexpr std::string_view kRules = R"(
[[rule]]
name = "checks"
function = "app::Check$"
effect = "skip"
[[rule]]
name = "dispatch"
function = "app::Dispatch"
module = "app$"
effect = "prefix"
[[rule]]
name = "ours"
function = "lead_ours|noise_ours"
effect = "stop"
)";
  EXPECT_EQ(Sign(kRules, Stack({"app!app::Check", "app!app::Dispatch", "app!f", "app!g"})).text,
            "app::Dispatch | f");
  EXPECT_EQ(Sign(kRules, Stack({"lib!app::Dispatch", "app!f"})).text, "app::Dispatch") << "another module";
  EXPECT_EQ(Sign(kRules, Stack({"app!app::CheckAll", "app!f"})).text, "app::CheckAll");
  EXPECT_EQ(Sign(kRules, Stack({"app!lead", "app!lead_ours", "app!f"})).text, "lead | lead_ours");
  EXPECT_EQ(Sign(kRules, Stack({"app!noise", "app!noise_ours", "app!f"})).text, "noise_ours");
}

TEST(CustomRulesTest, SentinelBeginsTheSignature) {
  constexpr std::string_view kRules = "[[rule]]\nname = \"a\"\nfunction = \"run\"\neffect = \"sentinel\"\n";
  EXPECT_EQ(Sign(kRules, Stack({"a!x", "a!run", "a!begin", "a!y"})).text, "run");
  EXPECT_EQ(Sign(kRules, Stack({"a!x", "a!begin", "a!run", "a!y"})).text, "begin | run");
}

TEST(CustomRulesTest, RenamedFrameGoesThroughListsAndLaterRowsAndTheProtoSignatureStays) {
  constexpr std::string_view kRules = R"(
[[rule]]
name = "version"
function = "codec_v[0-9]+_"
effect = "rename"
to = "lead_codec"
[[rule]]
name = "what it became"
function = "lead_codec$"
annotation = { name = "ProcessType", matches = "gpu$" }
effect = "stop"
)";
  SignatureInput input = Stack({"a!codec_v12_decode", "a!f"});
  const model::Signature signature = Sign(kRules, input);
  EXPECT_EQ(signature.text, "lead_codec | f");
  EXPECT_EQ(signature.proto, "codec_v12_decode | f");
  input.annotations["ProcessType"] = "gpu";
  EXPECT_EQ(Sign(kRules, input).text, "lead_codec");
}

TEST(CustomRulesTest, CrashIsGroupedUnderAText) {
  constexpr std::string_view kRules = R"(
[[rule]]
name = "plugin"
file = "plugins/"
effect = "group-under"
to = "third-party plugin"
)";
  SignatureInput input = Stack({"a!f", "a!g"});
  EXPECT_EQ(Sign(kRules, input).text, "f");
  input.threads[0].frames[1].file = "git:server/repo:plugins/a.cc:1";
  input.hang = "ui";
  const model::Signature signature = Sign(kRules, input);
  EXPECT_EQ(signature.text, "hang: ui | third-party plugin") << "rules around the stack still speak";
  EXPECT_EQ(signature.proto, "f | g");
}

TEST(CustomRulesTest, OtherProductsAreLeftAlone) {
  constexpr std::string_view kRules =
      "products = [\"Fox\"]\n[[rule]]\nname = \"a\"\nfunction = \"f\"\neffect = \"skip\"\n";
  SignatureInput input = Stack({"a!f", "a!g"});
  EXPECT_EQ(Sign(kRules, input).text, "f");
  input.annotations["ProductName"] = "Fennec";
  EXPECT_EQ(Sign(kRules, input).text, "f");
  input.annotations["ProductName"] = "Fox";
  EXPECT_EQ(Sign(kRules, input).text, "g");
  EXPECT_THAT(Rules(kRules).AnnotationNames(), ElementsAre("ProductName"));
}

TEST(CustomRulesTest, ExplanationNamesTheRules) {
  const CustomRules rules = Rules("\n[[rule]]\nname = \"checks\"\nfunction = \"f\"\neffect = \"skip\"\n");
  const ExplainedSignature explained = Signer(Lists(), &rules).Explain(Stack({"a!f", "a!g"}));
  ASSERT_EQ(explained.frames.size(), 2u);
  ASSERT_EQ(explained.frames[0].custom.size(), 1u);
  EXPECT_EQ(explained.frames[0].role, FrameRole::kIrrelevant);
  EXPECT_EQ(explained.frames[0].custom[0].name, "checks");
  EXPECT_EQ(explained.frames[0].custom[0].effect, "skip");
  EXPECT_EQ(explained.frames[0].custom[0].line, 2u);
  EXPECT_FALSE(explained.frames[0].line);
  EXPECT_THAT(explained.frames[1].custom, IsEmpty());
}

TEST(CustomRulesTest, MistakesAreNamedByTheirLine) {
  EXPECT_THAT(Mistakes("a = = 1"), ElementsAre(HasSubstr("line 1: ")));
  EXPECT_THAT(Mistakes("other = 1\nrule = 2\nproducts = []\n"),
              UnorderedElementsAre(HasSubstr("line 1: `other`"), HasSubstr("line 2: `rule`"),
                                   HasSubstr("line 3: `products`")));
  EXPECT_THAT(Mistakes("[[rule]]\nname = \"a\"\nfunction = \"(\"\neffect = \"leap\"\ncolour = 1\n"),
              UnorderedElementsAre(HasSubstr("line 3: `function`"), HasSubstr("line 4: `effect`"),
                                   HasSubstr("line 5: `colour`")));
  EXPECT_THAT(Mistakes("[[rule]]\nname = \"a\"\neffect = \"skip\"\n"),
              ElementsAre(HasSubstr("line 1: the rule means every frame")));
  EXPECT_THAT(Mistakes("[[rule]]\nfunction = \"f\"\n"),
              ElementsAre(HasSubstr("no name"), HasSubstr("no effect")));
  EXPECT_THAT(Mistakes("[[rule]]\nname = \"a\"\nfunction = \"f\"\neffect = \"rename\"\n"),
              ElementsAre(HasSubstr("line 1: `to` belongs to")));
  EXPECT_THAT(Mistakes("[[rule]]\nname = \"a\"\nfunction = \"f\"\neffect = \"skip\"\nto = \"x\"\n"),
              ElementsAre(HasSubstr("line 1: `to` belongs to")));
  EXPECT_THAT(Mistakes("[[rule]]\nname = \"a\"\nfunction = \"f\"\neffect = \"rename\"\nto = \"\\u0001\"\n"),
              ElementsAre(HasSubstr("line 5: `to`")));
  EXPECT_THAT(
      Mistakes(
          "[[rule]]\nname = \"a\"\nfunction = \"f\"\neffect = \"skip\"\nannotation = { name = \"x\" }\n"),
      ElementsAre(HasSubstr("line 5: `annotation`")));
}

// toml++ took these letters for a place that is never reached.
TEST(CustomRulesTest, LettersBeyondAsciiAreMistakesLikeOthers) {
  for (const char* const text :
       {"\xc3\xa9 = 1", "a = \xc3\xa9", "\xef\xbf\xbd", "a\xd0\x96 = [\xe5\xbe\xae]"}) {
    EXPECT_FALSE(Mistakes(text).empty()) << text;
  }
  const CustomRules rules = Rules(
      "# \xc3\xa9\n[[rule]]\nname = \"a\"\nabout = \"\xc3\xa9\"\nfunction = \"f\"\neffect = \"skip\"\n");
  EXPECT_EQ(rules.rows().size(), 1u);
}

TEST(CustomRulesTest, LimitsAreSaid) {
  std::string many;
  for (int i = 0; i < 102; ++i) many += "[[rule]]\nname = \"a\"\nfunction = \"f\"\neffect = \"skip\"\n";
  EXPECT_THAT(Mistakes(many), ElementsAre(HasSubstr("line 401: there may be 100 rules")));
  EXPECT_THAT(Mistakes(std::string(kMaxCustomRuleBytes + 1, '#')), ElementsAre(HasSubstr("256 KiB")));
  EXPECT_THAT(
      Mistakes("[[rule]]\nname = \"a\"\nfunction = \"" + std::string(1001, 'x') + "\"\neffect = \"skip\"\n"),
      ElementsAre(HasSubstr("line 3: `function`")));
}

}  // namespace
}  // namespace cairn::signature
