#include "server/retention/purge.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/retention/purge_routes.h"
#include "server/retention/stores_for_test.h"

namespace cairn::retention {
namespace {

using search::CrashKind;
using search::kTestNowMs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServerRetentionPurge : public ::testing::Test {
 protected:
  PurgeParts Parts() {
    return {.blobs = stores_.blobs,
            .queue = *stores_.queue,
            .directory = *stores_.directory,
            .index = *stores_.index,
            .ledger = *stores_.ledger,
            .spool = *stores_.spool,
            .packs = stores_.packs,
            .clock = [] { return kTestNowMs; }};
  }
  static std::string PingId(int number) {
    return "0a1b2c3d-0000-4000-8000-00000000000" + std::to_string(number);
  }

  StoresForTest stores_;
};

TEST_F(ServerRetentionPurge, EveryTraceGoesAndOthersStay) {
  const std::string report = stores_.AddReport(kTestNowMs, "Crashy", "planted_mark");
  const std::string kept = stores_.AddReport(kTestNowMs, "Crashy", "kept_mark");
  stores_.AddPings(kTestNowMs, "1-0", {PingId(1), PingId(2)}, "Crashy", "of_pings");
  ASSERT_TRUE(stores_.queue->Push({std::string(intake::kReprocessKind), report}));
  ASSERT_TRUE(stores_.directory->Record({.who = "reader", .action = "read protected", .object = report}));
  const auto purged = Purge(Parts(), {.ids = {report, PingId(1), PingId(9)}, .who = "somebody"});
  ASSERT_TRUE(purged);
  ASSERT_EQ(purged->size(), 3U);
  EXPECT_EQ((*purged)[0].kind, CrashKind::kReport);
  EXPECT_EQ((*purged)[0].objects, 5U);
  EXPECT_EQ((*purged)[0].rows, 1U);
  EXPECT_EQ((*purged)[0].queue_items, 1U);
  EXPECT_EQ((*purged)[1].kind, CrashKind::kPing);
  EXPECT_EQ((*purged)[1].objects, 1U);
  EXPECT_FALSE((*purged)[2].was_known());
  for (const std::string& text : {report, std::string("planted_mark"), PingId(1)})
    EXPECT_EQ(stores_.FilesWith(text), "") << text;
  EXPECT_THAT(stores_.IdsInPack(kTestNowMs, "1-0"), ElementsAre(PingId(2)));
  EXPECT_TRUE(*stores_.index->Get(kept));
  EXPECT_NE(stores_.FilesWith("kept_mark"), "");
  const auto audit = stores_.directory->ListAudit(0, 10);
  ASSERT_EQ(audit->size(), 3U);
  EXPECT_EQ((*audit)[2].object, StandInFor(report));
  EXPECT_EQ((*audit)[1].action, "purge");
  EXPECT_EQ((*audit)[1].who, "somebody");
  EXPECT_EQ((*audit)[1].object, StandInFor(report));
  EXPECT_EQ((*audit)[0].object, StandInFor(PingId(1)));
  EXPECT_FALSE(Purge(Parts(), {.ids = {report}, .who = "somebody"})->at(0).was_known());
}

TEST_F(ServerRetentionPurge, CounterpartsGoWhereTheyAreMeant) {
  const std::string report = stores_.AddReport(kTestNowMs, "Crashy");
  search::CrashRow ping = stores_.Row(CrashKind::kPing, PingId(1), kTestNowMs, "Crashy");
  ping.minidump_sha256_hash = StoresForTest::HashOf(report);
  ASSERT_TRUE(stores_.index->Add(std::vector{ping}));
  ASSERT_EQ(Purge(Parts(), {.ids = {report}, .with_counterparts = true})->size(), 2U);
  EXPECT_FALSE(*stores_.index->Get(PingId(1)));
}

TEST_F(ServerRetentionPurge, AWorkerThatIsAtItIsWaitedForAndLeavesNothing) {
  const std::string report = stores_.StoreReport(kTestNowMs);
  ASSERT_TRUE(stores_.queue->Push({std::string(intake::kReportKind), report}));
  const store::ClaimedItem claim = stores_.queue->Claim(intake::kReportKind, 1, 60'000)->at(0);
  std::thread worker([&] {
    // It has read the report; a while later it writes what came out.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stores_.Put(store::DumpKey(report), "the dump without private parts");
    stores_.Put(store::ProcessedCrashKey(report), "the document");
    EXPECT_TRUE(
        stores_.index->Add(std::vector{stores_.Row(CrashKind::kReport, report, kTestNowMs, "Crashy")}));
    EXPECT_TRUE(stores_.queue->SetAside(claim, "with a reason"));
  });
  const auto purged = Purge(Parts(), {.ids = {report}});
  worker.join();
  ASSERT_TRUE(purged);
  EXPECT_TRUE(purged->at(0).was_known());
  EXPECT_EQ(stores_.FilesWith(report), "");
  EXPECT_FALSE(*stores_.index->Get(report));
}

TEST_F(ServerRetentionPurge, PingsThatWaitInTheSpoolAreBlanked) {
  for (const int number : {1, 2}) {
    ASSERT_TRUE(stores_.spool->Append(StoresForTest::Submission(PingId(number), kTestNowMs, "a body")));
  }
  EXPECT_EQ(Purge(Parts(), {.ids = {PingId(1)}, .with_counterparts = true}).error().code,
            base::Code::kRefused);
  const auto purged = Purge(Parts(), {.ids = {PingId(1)}});
  ASSERT_TRUE(purged);
  EXPECT_EQ(purged->at(0).edge_entries, 1U);
  EXPECT_EQ(stores_.FilesWith(PingId(1)), "");
  EXPECT_NE(stores_.FilesWith(PingId(2)), "");
}

TEST_F(ServerRetentionPurge, WhatAKillInterruptedIsFinished) {
  const std::string report = stores_.AddReport(kTestNowMs, "Crashy", "planted_mark");
  const std::string other = stores_.AddReport(kTestNowMs, "Crashy", "another_mark");
  // As it stands when it is killed behind the first objects.
  stores_.Put("v1/recovery/purge", "somebody\n" + report);
  ASSERT_TRUE(stores_.blobs.Remove(store::RawCrashKey(*intake::DayOfCrashId(report), report)));
  ASSERT_TRUE(stores_.blobs.Remove(store::DumpKey(report)));
  EXPECT_EQ(*FinishPurge(Parts()), 1U);
  EXPECT_EQ(stores_.FilesWith(report), "");
  EXPECT_EQ(stores_.FilesWith("planted_mark"), "");
  EXPECT_EQ(stores_.directory->ListAudit(0, 9)->at(0).who, "somebody");
  EXPECT_EQ(*FinishPurge(Parts()), 0U);
  // Or with the next one, even where nothing of it is left but the note.
  stores_.Put("v1/recovery/purge", "somebody\n" + report);
  const auto purged = Purge(Parts(), {.ids = {other, report}});
  ASSERT_EQ(purged->size(), 2U);
  EXPECT_TRUE(purged->at(1).was_begun);
  EXPECT_FALSE(stores_.Has("v1/recovery/purge"));
}

TEST_F(ServerRetentionPurge, TheRouteSaysWhatWasThereAndWhatWasUnknown) {
  const std::string report = stores_.AddReport(kTestNowMs, "Crashy");
  const http::Router router(MakePurgeRoutes(Parts()), {.anonymous_permissions = {"purge_crashes"}});
  const auto ask = [&](const std::string& body) {
    http::Request request{.method = "POST", .segments = *http::SplitPath("/api/Purge/"), .body = body};
    const http::Router::Admission admission = router.Admit(request);
    EXPECT_NE(admission.route, nullptr);
    return router.Handle(admission.route, request);
  };
  EXPECT_EQ(
      ask(R"({"crash_ids":["bp-)" + report + R"(","no id"]})").body,
      R"({"purged":[{"crash_id":")" + report +
          R"(","kind":"report","objects":5,"rows":1,"queue_items":0,"edge_entries":0}],"unknown":["no id"]})");
  for (const char* const body : {"", "{}", R"({"crash_ids":"a"})", R"({"crash_ids":[1]})",
                                 R"({"crash_ids":[],"with_counterparts":1})"})
    EXPECT_EQ(ask(body).status, 400) << body;
  EXPECT_EQ(stores_.directory->ListAudit(0, 9)->at(0).who, "anonymous");
}

}  // namespace
}  // namespace cairn::retention
