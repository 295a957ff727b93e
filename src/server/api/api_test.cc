#include "server/api/api.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api_for_test.h"
#include "server/intake/crash_id.h"
#include "server/store/blob_keys.h"

namespace cairn::api {
namespace {

using search::CrashKind;
using search::CrashRow;
using search::kTestNowMs;
using search::TestRow;
using ::testing::HasSubstr;
using ::testing::Not;

using ServerApi = ApiTest;

TEST_F(ServerApi, ASearchAnswersHitsTotalAndFacets) {
  const http::Response response =
      Search("product=Editor&_columns=uuid&_columns=date&_columns=build_id&_facets=product");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type.substr(0, 16), "application/json");
  EXPECT_EQ(response.body, R"({"hits":[{"uuid":")" + search::TestUuid(3) +
                               R"(","date":"2026-11-22T11:59:59.000Z","build_id":null}],"total":1,)"
                               R"("facets":{"product":[{"term":"Editor","count":1}]},"errors":[]})");
}

TEST_F(ServerApi, PingsAreLeftOutWithoutThePermission) {
  EXPECT_THAT(Search("").body, HasSubstr(R"("total":2,)"));
  EXPECT_THAT(Search("").body, Not(HasSubstr(search::TestUuid(2))));
  EXPECT_THAT(Search("kind=ping&_facets=kind").body, HasSubstr(R"("total":0,"facets":{"kind":[]})"));
  EXPECT_THAT(Search("", {"view_pings"}).body, HasSubstr(R"("total":3,)"));
  EXPECT_THAT(Search("kind=ping", {"view_pings"}).body, HasSubstr(search::TestUuid(2)));
}

TEST_F(ServerApi, TheExampleOfTheContractFindsASignature) {
  EXPECT_THAT(Search("signature=%3Dcrash_here%3C%22it%27s%22%3E").body, HasSubstr(R"("total":1,)"));
  EXPECT_THAT(Search("signature=~%22it%27s").body, HasSubstr(R"(crash_here<\"it's\">)"));
}

TEST_F(ServerApi, BadSearchesAre400WithASentence) {
  const std::vector<std::string> bad = {"nonsense=1",      "date=2026",      "_results_number=5000",
                                        "signature=%zz",   "signature=%ff",  "signature=@(open",
                                        "_facets=nothing", "product=a&&&x=b"};
  for (const std::string& query : bad) {
    const http::Response response = Search(query);
    EXPECT_EQ(response.status, 400) << query;
    simdjson::dom::parser parser;
    std::string_view error;
    ASSERT_EQ(parser.parse(response.body)["error"].get(error), simdjson::SUCCESS) << response.body;
    EXPECT_GT(error.size(), 10U) << query;
  }
}

TEST_F(ServerApi, AttacksInValuesAndNamesFindNothing) {
  for (const std::string attack :
       {"%27%20OR%201%3D1%20--", "%27)%3B%20DROP%20TABLE%20crashes%3B%20--", "a%00b"}) {
    const http::Response response = Search("product=%3D" + attack);
    EXPECT_EQ(response.status, 200) << attack;
    EXPECT_THAT(response.body, HasSubstr(R"("total":0,)")) << attack;
    EXPECT_EQ(Search(attack + "=x").status, 400);
    EXPECT_EQ(Search("_sort=" + attack).status, 400);
    EXPECT_EQ(Search("_columns=" + attack).status, 400);
  }
  EXPECT_THAT(Search("").body, HasSubstr(R"("total":2,)"));
}

TEST_F(ServerApi, AReportHasTodaysSignatureAndItsPingForWhomMaySeeIt) {
  const http::Response anonymous = Crash("bp-" + search::TestUuid(1));
  EXPECT_EQ(anonymous.status, 200);
  EXPECT_THAT(anonymous.body, HasSubstr(R"("signature":"crash_here<\"it's\">")"));
  EXPECT_THAT(anonymous.body, Not(HasSubstr("counterpart")));
  EXPECT_THAT(anonymous.body, Not(HasSubstr("planted")));
  const http::Response trusted = Crash(search::TestUuid(1), {"view_pings"});
  EXPECT_THAT(trusted.body,
              HasSubstr(R"("counterpart":{"uuid":")" + search::TestUuid(2) + R"(","kind":"ping"})"));
  EXPECT_THAT(trusted.body, Not(HasSubstr("planted")));
  EXPECT_THAT(Crash(search::TestUuid(1), {"view_pii"}).body, HasSubstr("planted"));
}

TEST_F(ServerApi, APingNeedsThePermissionAndKnowsItsReport) {
  EXPECT_EQ(Crash(search::TestUuid(2)).status, 403);
  EXPECT_THAT(Crash(search::TestUuid(2)).body, HasSubstr("view_pings"));
  const http::Response trusted = Crash(search::TestUuid(2), {"view_pings"});
  EXPECT_EQ(trusted.status, 200);
  EXPECT_THAT(trusted.body,
              HasSubstr(R"("counterpart":{"uuid":")" + search::TestUuid(1) + R"(","kind":"report"})"));
}

TEST_F(ServerApi, WhatIsNotThereYetIsPending) {
  const std::string id = search::TestUuid(77);
  EXPECT_EQ(Crash(id).status, 404);
  EXPECT_THAT(Crash(id).body, Not(HasSubstr("pending")));
  ASSERT_TRUE(queue_->Push({"report", id}));
  EXPECT_EQ(Crash(id).status, 404);
  EXPECT_THAT(Crash(id).body, HasSubstr(R"("status":"pending")"));
  EXPECT_EQ(queue_->Count("report-priority")->ready, 1u) << "somebody waits for it, and asked twice";
  ASSERT_TRUE(queue_->SetAside(queue_->Claim("report", 1, 1000)->front(), "poison"));
  EXPECT_EQ(Crash(id).status, 404);
  EXPECT_THAT(Crash(id).body, HasSubstr("set aside"));
}

TEST_F(ServerApi, APingWithoutADocumentIsAskedForAndWaitedFor) {
  CrashRow ping = TestRow(4);
  ping.kind = CrashKind::kPing;
  ping.pack = "pack-1";
  EXPECT_TRUE(index_->Add(std::vector<CrashRow>{ping}));
  EXPECT_EQ(Crash(ping.uuid).status, 403);
  EXPECT_EQ(queue_->Count("ping-priority")->ready, 0u) << "who may not see it cannot have it made";
  const http::Response pending = Crash(ping.uuid, {"view_pings"});
  EXPECT_EQ(pending.status, 404);
  EXPECT_THAT(pending.body, HasSubstr(R"("status":"pending")"));
  const auto claims = queue_->Claim("ping-priority", 10, 1000);
  ASSERT_EQ(claims->size(), 1u);
  EXPECT_THAT(claims->front().item.id, testing::EndsWith("/pack-1/" + ping.uuid));
  std::thread processor([&] {
    std::this_thread::sleep_for(kAwaitDocument / 10);
    const std::string document = R"({"uuid":")" + ping.uuid + R"(","kind":"ping"})";
    EXPECT_TRUE(blobs_.Put(store::ProcessedCrashKey(ping.uuid), base::AsBytes(document)));
  });
  EXPECT_EQ(Crash(ping.uuid, {"view_pings"}).status, 200);
  processor.join();
}

TEST_F(ServerApi, ADeferredReportIsProcessedWhenSomebodyAsks) {
  const std::string id = intake::MakeCrashId(kTestNowMs, intake::kDeferredDigit);
  ASSERT_TRUE(blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(id), id), base::AsBytes("{}")));
  EXPECT_THAT(Crash(id).body, HasSubstr(R"("status":"pending")"));
  EXPECT_TRUE(queue_->Find({"report-priority", id})->has_value());
}

TEST_F(ServerApi, BadCrashIdsAre400) {
  EXPECT_EQ(Get("/api/ProcessedCrash/", "").status, 400);
  EXPECT_EQ(Get("/api/ProcessedCrash", "crash_id=" + search::TestUuid(1)).status, 200) << "without the slash";
  const std::vector<std::string> bad = {"", "x", "..%2F..%2Fetc%2Fpasswd", "bp-", search::TestUuid(1) + "0"};
  for (const std::string& id : bad) {
    EXPECT_EQ(Crash(id).status, 400) << id;
  }
}

TEST_F(ServerApi, ADocumentThatIsBrokenIsTheServersTrouble) {
  const std::string id = search::TestUuid(5);
  ASSERT_TRUE(blobs_.Put(store::ProcessedCrashKey(id), base::AsBytes("{half")));
  EXPECT_EQ(Crash(id).status, 500);
}

}  // namespace
}  // namespace cairn::api
