#include "server/collector/rules.h"

#include <gtest/gtest.h>

#include "base/json_writer.h"
#include "server/collector/rule_file.h"

namespace cairn::collector {
namespace {

constexpr std::int64_t kMay2026 = 1'777'629'600'000;  // 2026-05-01T10:00:00Z
using Annotations = std::map<std::string, std::string>;

RuleSet Rules(const std::string& toml) {
  auto parsed = ParseRules(toml);
  const auto* const mistakes = std::get_if<RuleMistakes>(&parsed);
  EXPECT_EQ(mistakes, nullptr) << mistakes->front();
  return mistakes == nullptr ? std::get<RuleSet>(std::move(parsed)) : RuleSet{};
}

// Of form fields, which are strings. `drawn` is what chance gives.
Decision DecideOn(const RuleSet& rules, const Annotations& fields, double drawn = 0.5) {
  Annotations annotations;
  for (const auto& [name, value] : fields) annotations[name] = base::QuoteJson(value);
  return Decide(rules, {annotations, kMay2026}, [drawn](std::string_view) { return drawn; });
}

// Whether the one condition holds.
bool Holds(const std::string& condition, const Annotations& fields) {
  const RuleSet rules =
      Rules("[lists]\nfruits = [\"Apple\", \"Pear\"]\n[[rule]]\nname = \"r\"\nresult = \"accept\"\nwhen = [" +
            condition + "]\n");
  return DecideOn(rules, fields).verdict == Verdict::kAccept;
}

TEST(RulesTest, EachTestHoldsWhereItShould) {
  const struct {
    std::string condition;
    std::string yes, no;  // Values of F.
  } rows[] = {
      {"{ field = \"F\", equals = \"a\" }", "a", "A"},
      {"{ field = \"F\", equals = \"a\", ignore_case = true }", "A", "b"},
      {"{ field = \"F\", equals = \"a\", not = true }", "b", "a"},
      {"{ field = \"F\", in = [\"x\", \"y\"] }", "y", "xy"},
      {"{ field = \"F\", in = \"fruits\" }", "Pear", "pear"},
      {"{ field = \"F\", in = \"fruits\", ignore_case = true }", "pear", "plum"},
      {"{ field = \"F\", prefix = \"night\" }", "nightly-x", "a nightly"},
      {"{ field = \"F\", matches = '^5[2-9]\\.' }", "52.0", "152.0"},
      {"{ field = \"F\", version_below = \"52.0\" }", "52.0b3", "52.0"},
      {"{ field = \"F\", version_at_least = \"9.2\" }", "9.10", "9.1"},
      {"{ field = \"F\", build_older_than_days = 730 }", "20240430235959", "20240502000000"},
      {"{ field = \"F\", build_newer_than_days = 10 }", "20260425000000", "20260420000000"},
      {"{ field = \"F\", build_newer_than_days = 10 }", "20260425", "no build id"},
      {"{ field = \"F\", build_before = \"20171226\" }", "20171225235959", "20171226000000"},
      {"{ field = \"F\", number_at_most = 9600 }", "9600", "9601"},
      {"{ field = \"F\", number_at_least = 1.5 }", "2", "1"},
      {"{ field = \"F\", number_at_least = 1.5 }", "2e3", "2 "},
      {"{ field = \"F\", path = \"a.b\", equals = \"c\" }", R"({"a":{"b":"c"}})", R"({"a":{"b":"d"}})"},
      {"{ field = \"F\", path = \"a\", number_at_most = 1 }", R"({"a":1})", R"({"b":1})"},
      {"{ field = \"F\", path = \"a\", equals = \"1\" }", R"({"a":"1"})", "no JSON"},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(Holds(row.condition, {{"F", row.yes}})) << row.condition << " of " << row.yes;
    EXPECT_FALSE(Holds(row.condition, {{"F", row.no}})) << row.condition << " of " << row.no;
    EXPECT_FALSE(Holds(row.condition, {})) << row.condition << " of nothing";
  }
}

TEST(RulesTest, AbsenceIsATestOfItsOwnOrHasADefault) {
  EXPECT_TRUE(Holds("{ field = \"F\", present = true }", {{"F", ""}}));
  EXPECT_FALSE(Holds("{ field = \"F\", present = true }", {}));
  EXPECT_TRUE(Holds("{ field = \"F\", present = false }", {}));
  EXPECT_TRUE(Holds("{ field = \"F\", default = \"browser\", equals = \"browser\" }", {}));
  EXPECT_FALSE(Holds("{ field = \"F\", default = \"browser\", equals = \"browser\" }", {{"F", "gpu"}}));
}

TEST(RulesTest, AFieldIsFoundUnderAllItsNames) {
  for (const char* name : {"ProductName", "prod", "product"}) {
    EXPECT_TRUE(Holds("{ field = \"ProductName\", equals = \"Fox\" }", {{name, "Fox"}})) << name;
  }
  EXPECT_FALSE(Holds("{ field = \"prod\", equals = \"Fox\" }", {{"ProductName", "Fox"}}));
}

TEST(RulesTest, ValuesOfJsonAreComparedAsTheyAreWritten) {
  const RuleSet rules = Rules(
      "[[rule]]\nname = \"r\"\nresult = \"accept\"\nwhen = [{ field = \"N\", equals = \"7\" }, { field = "
      "\"B\", equals = "
      "\"true\" }, { field = \"Q\", equals = \"a\\\"b\" }]\n");
  const Annotations annotations = {{"N", "7"}, {"B", "true"}, {"Q", R"("a\"b")"}};
  EXPECT_EQ(Decide(rules, {annotations, 0}, nullptr).verdict, Verdict::kAccept);
}

TEST(RulesTest, TheFirstRuleThatHoldsDecides) {
  const RuleSet rules = Rules(
      "[[rule]]\nname = \"one\"\nresult = \"defer\"\nwhen = [{ field = \"A\", present = true }, { field = "
      "\"B\", present = "
      "true }]\n[[rule]]\nname = \"two\"\nresult = \"fake-accept\"\nwhen = [{ field = \"A\", present = true "
      "}]\n");
  EXPECT_EQ(DecideOn(rules, {{"A", ""}, {"B", ""}}).rule, "one");
  EXPECT_EQ(DecideOn(rules, {{"A", ""}}).verdict, Verdict::kFakeAccept);
  const Decision none = DecideOn(rules, {{"B", ""}});
  EXPECT_EQ(none.verdict, Verdict::kReject);
  EXPECT_EQ(none.rule, "NO_MATCH");
}

constexpr char kSampled[] =
    "[[rule]]\nname = \"some\"\nresult = \"continue\"\npercent = 10\notherwise = \"reject\"\n"
    "[[rule]]\nname = \"half\"\nresult = \"continue\"\npercent = 50\notherwise = \"accept\"\n"
    "[[rule]]\nname = \"few\"\nresult = \"accept\"\npercent = 25\notherwise = \"defer\"\n";

TEST(RulesTest, WeightIsOneOverTheChancesOnTheWay) {
  const RuleSet rules = Rules(kSampled);
  const auto with = [&rules](double some, double half, double few) {
    return Decide(rules, {{}, 0}, [=](std::string_view rule) {
      return rule == "some" ? some : rule == "half" ? half : few;
    });
  };
  EXPECT_EQ(with(0.1, 0, 0).verdict, Verdict::kReject);
  EXPECT_NEAR(with(0.09, 0.5, 0).weight, 20, 1e-9);
  EXPECT_EQ(with(0.09, 0.5, 0).rule, "half");
  EXPECT_NEAR(with(0.09, 0.49, 0.24).weight, 80, 1e-9);
  const Decision deferred = with(0.09, 0.49, 0.25);
  EXPECT_EQ(deferred.verdict, Verdict::kDefer);
  EXPECT_NEAR(deferred.weight, 1 / (0.1 * 0.5 * 0.75), 1e-9);
}

TEST(RulesTest, AllOutcomesAddUpToOneAndWeightsToTheTruth) {
  double all = 0;
  double stands_for = 0;
  for (const Outcome& outcome : AllOutcomes(Rules(kSampled), {{}, 0})) {
    all += outcome.chance;
    if (outcome.decision.verdict != Verdict::kReject) stands_for += outcome.chance * outcome.decision.weight;
  }
  EXPECT_NEAR(all, 1, 1e-9);
  EXPECT_NEAR(stands_for, 3, 1e-9) << "each of three ways stands for the one report";
  EXPECT_EQ(AllOutcomes(Rules(kSampled), {{}, 0}).size(), 4u);
}

// The 16 rules of Firefox's collector, each where it holds and beside it.
TEST(RulesTest, FirefoxsRulesDecideAsTheirs) {
  const RuleSet rules = Rules(std::string(RuleProfiles()[1].toml));
  const Annotations base = {{"ProductName", "Firefox"},
                            {"Version", "150.0"},
                            {"ReleaseChannel", "release"},
                            {"BuildID", "20260420101010"}};
  const auto with = [&base](Annotations more) {
    more.insert(base.begin(), base.end());
    return more;
  };
  constexpr char kOldWindows[] = R"({"system":{"os":{"name":"Windows_NT","windowsBuildNumber":9600}}})";
  constexpr char kNewWindows[] = R"({"system":{"os":{"name":"Windows_NT","windowsBuildNumber":19045}}})";
  const struct {
    Annotations report;
    double drawn;
    Verdict verdict;
    const char* rule;
    double weight = 1;
  } rows[] = {
      {with({{"BuildID", "20240401000000"}}), 0, Verdict::kReject, "has_old_buildid"},
      {with({{"BuildID", "2024040100000"}, {"Comments", ""}}), 0, Verdict::kAccept, "has_comments"},
      {with({{"HangID", "x"}}), 0, Verdict::kReject, "has_hangid_and_browser"},
      {with({{"HangID", "x"}, {"ProcessType", "plugin"}}), 0, Verdict::kAccept, "is_background"},
      {with({{"SubmittedFromInfobar", "true"}, {"Version", "57.0"}, {"BuildID", "2017122"}}), 0,
       Verdict::kReject, "infobar_is_true"},
      {with({{"SubmittedFromInfobar", "true"}, {"Version", "60.0"}, {"BuildID", "2017122"}}), 0,
       Verdict::kAccept, "is_firefox_desktop", 10},
      {{{"ProductName", "B2G"}}, 0, Verdict::kFakeAccept, "b2g"},
      {{{"ProductName", "Chat"}}, 0, Verdict::kReject, "unsupported_product"},
      {{{"Comments", "x"}}, 0, Verdict::kReject, "unsupported_product"},
      {{{"ProductName", "Fenix"}, {"Android_PackageName", "org.mozilla.fork"}},
       0,
       Verdict::kReject,
       "unsupported_packagename"},
      {{{"ProductName", "Focus"}, {"Android_PackageName", "org.mozilla.fenix"}},
       0,
       Verdict::kReject,
       "unsupported_packagename"},
      {{{"ProductName", "ReferenceBrowser"}, {"Android_PackageName", "x"}},
       0,
       Verdict::kReject,
       "unsupported_packagename"},
      {{{"ProductName", "Fenix"}, {"Android_PackageName", "org.mozilla.fenix"}},
       0,
       Verdict::kAccept,
       "accept_everything"},
      {with({{"Throttleable", "0"}}), 0.99, Verdict::kAccept, "throttleable_0"},
      {with({{"Throttleable", "1"}}), 0.99, Verdict::kReject, "is_firefox_desktop"},
      {with({{"Comments", ""}}), 0.99, Verdict::kAccept, "has_comments"},
      {with({{"PHCKind", "FreedPage"}}), 0.99, Verdict::kAccept, "has_phc"},
      {with({{"ProcessType", "gpu"}}), 0.99, Verdict::kAccept, "is_background"},
      {with({{"ProcessType", "content"}}), 0.99, Verdict::kReject, "is_firefox_desktop"},
      {with({{"ipc_channel_error", "ShutDownKill"}}), 0.2, Verdict::kReject, "is_shutdownkill"},
      {with({{"ipc_channel_error", "ShutDownKill"}}), 0.05, Verdict::kAccept, "is_firefox_desktop", 100},
      {with({{"ipc_channel_error", "ShutDownKill"}, {"ReleaseChannel", "beta"}}), 0.05, Verdict::kAccept,
       "is_alpha_beta_esr", 10},
      {with({{"ReleaseChannel", "esr"}, {"TelemetryEnvironment", kOldWindows}}), 0.25, Verdict::kReject,
       "is_firefox_esr_unsupported_windows"},
      {with({{"ReleaseChannel", "esr"}, {"TelemetryEnvironment", kOldWindows}}), 0.24, Verdict::kAccept,
       "is_alpha_beta_esr", 4},
      {with({{"ReleaseChannel", "esr"}, {"TelemetryEnvironment", kNewWindows}}), 0.99, Verdict::kAccept,
       "is_alpha_beta_esr"},
      {with({{"ReleaseChannel", "aurora"}}), 0.99, Verdict::kAccept, "is_alpha_beta_esr"},
      {with({{"ReleaseChannel", "nightly-try"}}), 0.99, Verdict::kAccept, "is_nightly"},
      {base, 0.09, Verdict::kAccept, "is_firefox_desktop", 10},
      {base, 0.1, Verdict::kReject, "is_firefox_desktop"},
      {{{"ProductName", "Thunderbird"}, {"ReleaseChannel", "release"}},
       0.99,
       Verdict::kAccept,
       "accept_everything"},
  };
  for (const auto& row : rows) {
    const Decision decision = DecideOn(rules, row.report, row.drawn);
    EXPECT_EQ(decision.verdict, row.verdict) << row.rule;
    EXPECT_EQ(decision.rule, row.rule);
    if (row.verdict == Verdict::kAccept) {
      EXPECT_NEAR(decision.weight, row.weight, 1e-9) << row.rule;
    }
  }
}

TEST(RulesTest, TheGeneralRulesKeepEverything) {
  const RuleSet rules = Rules(std::string(RuleProfiles()[0].toml));
  EXPECT_EQ(DecideOn(rules, {}).rule, "accept_everything");
  EXPECT_EQ(DecideOn(rules, {{"Throttleable", "0"}}).rule, "throttleable_0");
  EXPECT_EQ(DecideOn(rules, {{"Comments", "x"}}).rule, "has_comments");
}

}  // namespace
}  // namespace cairn::collector
