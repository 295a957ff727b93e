#include "apps/replay_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cairn::apps {
namespace {

const std::string kIdA = "aaaaaaaa-0000-4000-8000-000000261122";
const std::string kIdB = "bbbbbbbb-0000-4000-8000-000000261122";

LedgerEntry Ping(const std::string& key, bool is_again = false) {
  return {1, ShotKind::kCrashPing, key, std::string(kAnswerOk), is_again};
}
LedgerEntry Report(const std::string& event, const std::string& answer, bool is_again = false) {
  return {1, ShotKind::kReport, event, answer, is_again};
}
LedgerEntry Of(ShotKind kind, const std::string& key, std::string_view answer = kAnswerOk) {
  return {1, kind, key, std::string(answer), false};
}

TEST(ReplayCheckTest, EverythingOnceIsRight) {
  const std::vector<LedgerEntry> ledger = {Ping("p"),
                                           Ping("p", true),
                                           Ping("q"),
                                           Report("e", kIdA),
                                           Report("e", kIdA, true),
                                           Report("f", std::string(kAnswerDiscarded)),
                                           Of(ShotKind::kMainPing, "m"),
                                           Of(ShotKind::kBadPing, "b")};
  const ServerView server{.pings = {"q", "p"},
                          .reports = {kIdA},
                          .outcomes = {{"usage", 1}, {"json_parse", 1}, {"duplicate", 1}, {"crash", 2}}};
  const Comparison comparison = Compare(ledger, server, {.nothing_else = true});
  EXPECT_TRUE(comparison.IsRight()) << testing::PrintToString(comparison.examples);
  EXPECT_EQ(comparison.crash_pings, 2U);
  EXPECT_EQ(comparison.reports, 1U);
  EXPECT_EQ(comparison.discarded, 1U);
  EXPECT_EQ(comparison.main_pings, 1U);
  EXPECT_EQ(comparison.bad_pings, 1U);
}

TEST(ReplayCheckTest, WhatIsNotFoundIsLost) {
  const Comparison comparison = Compare({Ping("p"), Ping("q"), Report("e", kIdA)}, {.pings = {"p"}}, {});
  EXPECT_EQ(comparison.lost, 2U);
  EXPECT_EQ(comparison.doubled, 0U);
  EXPECT_FALSE(comparison.IsRight());
  EXPECT_EQ(comparison.examples.size(), 2U);
}

TEST(ReplayCheckTest, WhatIsFoundTwiceIsDouble) {
  const Comparison comparison =
      Compare({Ping("p"), Report("e", kIdA)}, {.pings = {"p", "p"}, .reports = {kIdA, kIdA}}, {});
  EXPECT_EQ(comparison.doubled, 2U);
  EXPECT_EQ(comparison.lost, 0U);
}

TEST(ReplayCheckTest, OneReportUnderTwoIdsIsDouble) {
  const Comparison comparison =
      Compare({Report("e", kIdA), Report("e", kIdB, true)}, {.reports = {kIdA, kIdB}}, {});
  EXPECT_EQ(comparison.doubled, 1U);
}

TEST(ReplayCheckTest, WhatNobodySentIsWrongIfNothingElseWasThere) {
  const ServerView server{.pings = {"p", "stranger"}, .reports = {kIdA}};
  EXPECT_TRUE(Compare({Ping("p")}, server, {}).IsRight());
  EXPECT_EQ(Compare({Ping("p")}, server, {.nothing_else = true}).wrong, 2U);
}

TEST(ReplayCheckTest, WhatWasNeverAnsweredMayBeThereOrNot) {
  const std::vector<LedgerEntry> ledger = {Of(ShotKind::kCrashPing, "p", kAnswerNone),
                                           Of(ShotKind::kMainPing, "m", kAnswerNone),
                                           Of(ShotKind::kReport, "e", kAnswerNone)};
  EXPECT_TRUE(Compare(ledger, {}, {.nothing_else = true}).IsRight());
  const ServerView server{.pings = {"p"}, .reports = {kIdA}, .outcomes = {{"usage", 1}}};
  const Comparison comparison = Compare(ledger, server, {.nothing_else = true});
  EXPECT_TRUE(comparison.IsRight()) << testing::PrintToString(comparison.examples);
  EXPECT_EQ(comparison.unknown, 3U);
}

TEST(ReplayCheckTest, CountsThatDifferAreLostOrDouble) {
  const std::vector<LedgerEntry> ledger = {Of(ShotKind::kMainPing, "m"), Of(ShotKind::kMainPing, "n"),
                                           Of(ShotKind::kMainPing, "n"), Of(ShotKind::kBadPing, "b")};
  const Comparison comparison =
      Compare(ledger, {.outcomes = {{"usage", 5}, {"schema_validation", 0}}}, {.nothing_else = true});
  EXPECT_EQ(comparison.doubled, 3U);
  EXPECT_EQ(comparison.lost, 1U);
}

TEST(ReplayCheckTest, ABadPingThatIsFoundIsWrong) {
  EXPECT_EQ(Compare({Of(ShotKind::kBadPing, "b")}, {.pings = {"b"}}, {}).wrong, 1U);
}

TEST(ReplayCheckTest, CrashesThatWereGivenUpAreCounted) {
  const Comparison comparison = Compare({Ping("p")}, {.pings = {"p"}, .failed = 1}, {});
  EXPECT_EQ(comparison.failed, 1U);
  EXPECT_FALSE(comparison.IsRight());
}

TEST(ReplayCheckTest, DeferredReportsAreNotLookedFor) {
  const std::string deferred = "aaaaaaaa-0000-4000-8000-000001261122";
  const Comparison comparison = Compare({Report("e", deferred)}, {}, {.nothing_else = true});
  EXPECT_TRUE(comparison.IsRight());
  EXPECT_EQ(comparison.deferred, 1U);
}

}  // namespace
}  // namespace cairn::apps
