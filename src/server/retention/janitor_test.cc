#include "server/retention/janitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/retention/stores_for_test.h"

namespace cairn::retention {
namespace {

using search::CrashKind;
using search::kTestDayMs;
using search::kTestNowMs;
using ::testing::ElementsAre;

class ServerRetentionJanitor : public ::testing::Test {
 protected:
  Expired Run(const Policy& policy) {
    const JanitorParts parts{stores_.blobs,   *stores_.queue, *stores_.directory,       *stores_.index,
                             *stores_.ledger, stores_.packs,  [] { return kTestNowMs; }};
    const auto expired = ExpireOnce(parts, policy, stopping_);
    EXPECT_TRUE(expired);
    return expired ? *expired : Expired{};
  }
  static std::int64_t DaysAgo(int days) { return kTestNowMs - days * kTestDayMs; }
  static std::string PingId(int number) {
    return "0a1b2c3d-0000-4000-8000-00000000000" + std::to_string(number);
  }

  StoresForTest stores_;
  std::atomic<bool> stopping_ = false;
};

TEST_F(ServerRetentionJanitor, EachKindGoesAtItsAgeAndLeavesNothing) {
  const std::string old_report = stores_.AddReport(DaysAgo(181), "Crashy", "mark_of_old");
  const std::string report = stores_.AddReport(DaysAgo(179), "Crashy");
  stores_.AddPings(DaysAgo(366), "1-0", {PingId(1), PingId(2)}, "Crashy", "mark_of_old");
  stores_.AddPings(DaysAgo(200), "1-0", {PingId(3)}, "Crashy");
  const Expired expired = Run({});
  EXPECT_EQ(expired.reports, 1U);
  EXPECT_EQ(expired.pings, 2U);
  EXPECT_EQ(expired.objects, 5U + 2U + 1U);
  EXPECT_FALSE(stores_.HasAnyOf(old_report));
  EXPECT_FALSE(*stores_.index->Get(old_report));
  EXPECT_TRUE(stores_.HasAnyOf(report));
  EXPECT_TRUE(*stores_.index->Get(report));
  EXPECT_FALSE(stores_.Has(store::PingPackKey(intake::DayOf(DaysAgo(366)), "1-0")));
  EXPECT_FALSE(stores_.Has(store::ProcessedCrashKey(PingId(1))));
  EXPECT_FALSE(*stores_.index->Get(PingId(1)));
  EXPECT_TRUE(stores_.Has(store::ProcessedCrashKey(PingId(3))));
  EXPECT_THAT(stores_.IdsInPack(DaysAgo(200), "1-0"), ElementsAre(PingId(3)));
  EXPECT_EQ(stores_.FilesWith("mark_of_old"), "");
  EXPECT_EQ(Run({}).reports, 0U);
}

TEST_F(ServerRetentionJanitor, AProductsDaysAndAClasssCount) {
  ASSERT_TRUE(stores_.directory->SetProduct({.name = "Kept", .report_days = 500, .ping_days = 500}));
  ASSERT_TRUE(stores_.directory->SetProduct({.name = "Short", .report_days = 5, .ping_days = 5}));
  const std::string kept = stores_.AddReport(DaysAgo(400), "Kept");
  const std::string of_short = stores_.AddReport(DaysAgo(6), "Short");
  const std::string other = stores_.AddReport(DaysAgo(6), "Other");
  stores_.AddPings(DaysAgo(6), "1-0", {PingId(1)}, "Short");
  stores_.AddPings(DaysAgo(6), "2-0", {PingId(2), PingId(3)}, "Other");
  search::CrashRow of_both = stores_.Row(CrashKind::kPing, PingId(3), DaysAgo(6), "Short");
  ASSERT_TRUE(stores_.index->Replace(std::vector{of_both}));
  const std::string deferred = stores_.StoreReport(DaysAgo(400));
  const std::string old_deferred = stores_.StoreReport(DaysAgo(501));
  Run({});
  EXPECT_TRUE(stores_.HasAnyOf(kept));
  EXPECT_FALSE(stores_.HasAnyOf(of_short));
  EXPECT_TRUE(stores_.HasAnyOf(other));
  EXPECT_FALSE(stores_.Has(store::PingPackKey(intake::DayOf(DaysAgo(6)), "1-0")));
  EXPECT_THAT(stores_.IdsInPack(DaysAgo(6), "2-0"), ElementsAre(PingId(2)));
  EXPECT_TRUE(stores_.HasAnyOf(deferred)) << "it might be of the product that is kept for 500 days";
  EXPECT_FALSE(stores_.HasAnyOf(old_deferred));
  // A rule goes before the product's days.
  Run({.rules = {{.product = "Kept", .days = 300}}});
  EXPECT_FALSE(stores_.HasAnyOf(kept));
}

TEST_F(ServerRetentionJanitor, WhatWaitsOrWasSetAsideGoesWithItsCrash) {
  const std::string report = stores_.AddReport(DaysAgo(181), "Crashy");
  const std::string young = stores_.AddReport(DaysAgo(1), "Crashy");
  const std::string ping = intake::DayOf(DaysAgo(366)) + "/1-0/" + PingId(1);
  const std::string young_ping = intake::DayOf(DaysAgo(1)) + "/1-0/" + PingId(2);
  for (const auto& [kind, id] :
       {std::pair(intake::kReportKind, report), std::pair(intake::kReportKind, young),
        std::pair(intake::kPingKind, ping), std::pair(intake::kPingKind, young_ping)}) {
    ASSERT_TRUE(stores_.queue->Push({std::string(kind), id}));
    const auto claims = stores_.queue->Claim(kind, 1, 60'000);
    for (const store::ClaimedItem& claim : *claims) ASSERT_TRUE(stores_.queue->SetAside(claim, "broken"));
  }
  ASSERT_TRUE(stores_.queue->Push({std::string(intake::kReprocessKind), report}));
  Run({});
  EXPECT_FALSE(*stores_.queue->Find({std::string(intake::kReportKind), report}));
  EXPECT_FALSE(*stores_.queue->Find({std::string(intake::kReprocessKind), report}));
  EXPECT_TRUE(*stores_.queue->Find({std::string(intake::kReportKind), young}));
  EXPECT_FALSE(*stores_.queue->Find({std::string(intake::kPingKind), ping}));
  EXPECT_TRUE(*stores_.queue->Find({std::string(intake::kPingKind), young_ping}));
}

TEST_F(ServerRetentionJanitor, RefusedPingsGoAtTheirAge) {
  {
    auto batch = *stores_.ledger->Begin();
    for (const int days : {31, 29}) {
      ASSERT_TRUE(batch.AddRejection({.submitted_ms = DaysAgo(days), .document_id = PingId(1)}, "bytes"));
    }
    ASSERT_TRUE(batch.Commit({1, 1}));
  }
  EXPECT_EQ(Run({}).rejected_pings, 1U);
  EXPECT_EQ(Run({.rejected_days = 7}).rejected_pings, 1U);
}

TEST_F(ServerRetentionJanitor, SumsOfActivityGoByWholeWeeksAtTheirAge) {
  std::int64_t number = 0;
  for (const int days : {738, 729, 60, 1}) {
    stats::NumberedAggregate sum{.source = 1, .number = ++number};
    sum.aggregate = {.window_start_ms = stats::WindowStart(DaysAgo(days)), .measures = {.count = days}};
    ASSERT_TRUE(stores_.index->AddActivity(std::span(&sum, 1)));
  }
  const auto left = [&] {
    const search::ActivityQuery query{.window = {0, kTestNowMs},
                                      .group_by = {search::ActivityDimension::kDay}};
    const auto sums = stores_.index->SumActivity(query);
    std::vector<std::int64_t> pings;
    for (const search::ActivitySum& sum : *sums) pings.push_back(sum.measures.count);
    return pings;
  };
  Run({});
  EXPECT_THAT(left(), ElementsAre(729, 60, 1));
  Run({.activity_days = 30});
  EXPECT_THAT(left(), ElementsAre(1));
}

TEST_F(ServerRetentionJanitor, ARunThatEndsEarlyLosesTrackOfNothing) {
  const std::string report = stores_.AddReport(DaysAgo(181), "Crashy");
  stopping_ = true;
  Run({});
  EXPECT_TRUE(*stores_.index->Get(report));
  // As if it had been killed between a report's objects: the raw crash and the row are there.
  ASSERT_TRUE(stores_.blobs.Remove(store::DumpKey(report)));
  ASSERT_TRUE(stores_.blobs.Remove(store::ProcessedCrashKey(report)));
  stopping_ = false;
  Run({});
  EXPECT_FALSE(stores_.HasAnyOf(report));
  EXPECT_FALSE(*stores_.index->Get(report));
}

TEST_F(ServerRetentionJanitor, SymbolFilesGoByTheirClass) {
  symbol_store::SymbolStore symbols(stores_.blobs,
                                    {.program = "/nowhere", .spool_folder = stores_.folder.Path("")});
  symbol_store::SymbolIntake intake(symbols, stores_.directory->symbol_records());
  // Of a kind that needs no worker.
  const auto add = [&](store::SymbolClass symbol_class, const char* file) {
    const os::FileDescriptor content = *os::CreateNameless(stores_.folder.Path(""));
    symbol_store::Arrival arrival;
    arrival.name = *symbol_store::MakeSymbolName(file, "AB", "raw.bin");
    arrival.symbol_class = symbol_class;
    std::string why;
    EXPECT_TRUE(intake.Add(arrival, content.get(), why));
    return symbol_store::SymbolKey(symbol_class, arrival.name);
  };
  const std::string regular = add(store::SymbolClass::kRegular, "regular");
  const std::string of_try = add(store::SymbolClass::kTry, "try");
  std::int64_t now_ms = os::UnixMillis();
  const JanitorParts parts{stores_.blobs,   *stores_.queue, *stores_.directory,           *stores_.index,
                           *stores_.ledger, stores_.packs,  [&now_ms] { return now_ms; }, &intake};
  Policy policy;
  now_ms += 28 * kTestDayMs;
  EXPECT_EQ(ExpireOnce(parts, policy, stopping_)->symbol_files, 0U);
  now_ms += kTestDayMs;
  EXPECT_EQ(ExpireOnce(parts, policy, stopping_)->symbol_files, 1U);
  EXPECT_FALSE(stores_.Has(of_try));
  now_ms += 10'000 * kTestDayMs;
  EXPECT_EQ(ExpireOnce(parts, policy, stopping_)->symbol_files, 0U)
      << "regular ones stay for ever by default";
  EXPECT_TRUE(stores_.Has(regular));
  policy.symbol_days = 9'000;
  EXPECT_EQ(ExpireOnce(parts, policy, stopping_)->symbol_files, 1U);
  EXPECT_FALSE(stores_.Has(regular));
  EXPECT_FALSE(*intake.records().FindSymbolFile(regular));
}

TEST_F(ServerRetentionJanitor, ItRunsAtStartAndSaysWhatItDid) {
  const std::string report = stores_.AddReport(DaysAgo(181), "Crashy");
  std::mutex mutex;
  std::condition_variable changed;
  std::string line;
  const Janitor janitor({stores_.blobs, *stores_.queue, *stores_.directory, *stores_.index, *stores_.ledger,
                         stores_.packs, [] { return kTestNowMs; }},
                        {}, kExpireEveryMs, [&](const std::string& said) {
                          const std::lock_guard lock(mutex);
                          line = said;
                          changed.notify_all();
                        });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(30), [&] { return !line.empty(); }));
  EXPECT_EQ(line, "removed by age: 1 reports, 0 pings, 0 refused pings, 0 symbol files, 5 objects");
}

}  // namespace
}  // namespace cairn::retention
