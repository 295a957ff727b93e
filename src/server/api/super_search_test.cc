// What stands around a search: products that nobody knows, weeks that are gone, queries that are only shown.
#include "server/api/super_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api_for_test.h"
#include "server/store/audit_log.h"
#include "server/store/soci_directory.h"

namespace cairn::api {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerApiSuperSearch : public ApiTest {};

TEST_F(ServerApiSuperSearch, AProductThatNobodyKnowsIsAMistake) {
  EXPECT_EQ(Search("product=Nobodys").status, 200) << "without a directory";
  parts_.knows_product = [](const std::string& product) -> base::Result<bool> {
    return product == "Configured";
  };
  EXPECT_EQ(Search("product=Nobodys").status, 400);
  EXPECT_EQ(Search("product==Nobodys").status, 400);
  EXPECT_THAT(Search("product=Nobodys").body, HasSubstr("there is no such product"));
  EXPECT_EQ(Search("product=Configured").status, 200) << "though it has no crash";
  EXPECT_EQ(Search("product=Crashy").status, 200);
  EXPECT_EQ(Search("product=Crashy&date=%3C2020-01-01").status, 200) << "it has crashes of another time";
  EXPECT_EQ(Search("product=!Nobodys").status, 200);
  EXPECT_EQ(Search("product=~Nobodys").status, 200);
  // One that is closed is as unknown as one that is not there.
  parts_.products_by_token = [] { return std::vector<std::string>{"Crashy", "Configured"}; };
  EXPECT_EQ(Search("product=Crashy").body, R"({"error":"product=Crashy: there is no such product"})");
  EXPECT_EQ(Search("product=Configured").status, 400);
  EXPECT_EQ(Search("product=Crashy", {"view_closed_products"}).status, 200);
}

TEST_F(ServerApiSuperSearch, AProductOfPingsIsKnownFromSoManyClientsOn) {
  parts_.knows_product = [](const std::string&) -> base::Result<bool> { return false; };
  std::vector<search::CrashRow> pings;
  for (std::uint64_t i = 0; i < store::kFewestClients; ++i) {
    pings.push_back(search::TestRow(100 + i));
    pings.back().kind = search::CrashKind::kPing;
    pings.back().product = "Pinging";
    pings.back().client = static_cast<std::int64_t>(1 + i);
  }
  const std::vector<search::CrashRow> few(pings.begin(), pings.end() - 1);
  ASSERT_TRUE(index_->Add(few));
  EXPECT_EQ(Search("product=Pinging").status, 400);
  EXPECT_EQ(Search("product=Pinging", {"view_pings"}).status, 200);
  ASSERT_TRUE(index_->Add(pings));
  parts_.clock = [] { return search::kTestNowMs + ProductAnswers::kLifeMs; };
  EXPECT_EQ(Search("product=Pinging").status, 200);
}

TEST_F(ServerApiSuperSearch, WhetherAProductHasCrashesIsCountedOnceInAWhile) {
  parts_.knows_product = [](const std::string&) -> base::Result<bool> { return false; };
  const std::string elsewhen = "&date=%3C2020-01-01";
  EXPECT_EQ(Search("product=Nobodys").status, 400);
  EXPECT_EQ(Search("product=Nobodys").status, 400);
  EXPECT_EQ(parts_.product_answers->hits(), 1U);
  EXPECT_EQ(Search("product=Crashy" + elsewhen).status, 200);
  EXPECT_EQ(Search("product=Crashy" + elsewhen).status, 200);
  EXPECT_EQ(parts_.product_answers->hits(), 2U);
  // What another one sees is another question.
  parts_.products_by_token = [] { return std::vector<std::string>{"Crashy"}; };
  EXPECT_EQ(Search("product=Crashy" + elsewhen).status, 400);
  EXPECT_EQ(Search("product=Crashy" + elsewhen, {"view_closed_products"}).status, 200);
  EXPECT_EQ(parts_.product_answers->hits(), 3U);
  EXPECT_EQ(parts_.product_answers->misses(), 3U);
}

TEST_F(ServerApiSuperSearch, WeeksThatAreGoneAreTold) {
  // 2026-11-22 is a Sunday; all that came before 2026-11-11, a Wednesday, is gone.
  parts_.kept_since_ms = [](search::CrashKind kind, std::int64_t) {
    return search::kTestNowMs - search::kTestNowMs % search::kTestDayMs -
           (kind == search::CrashKind::kReport ? 11 : 100) * search::kTestDayMs;
  };
  EXPECT_THAT(Search("").body, HasSubstr(R"("errors":[])"));
  EXPECT_THAT(Search("date=%3E=2026-10-28&date=%3C2026-11-20").body,
              HasSubstr(R"("errors":[{"type":"missing_index","index":"report-2026-10-26"},)"
                        R"({"type":"missing_index","index":"report-2026-11-02"}])"));
  EXPECT_THAT(Search("date=%3E=2026-11-10").body, HasSubstr(R"("errors":[])"))
      << "of that week some is there";
  EXPECT_THAT(Search("date=%3E=2026-07-28&date=%3C2026-08-05", {"view_pings"}).body,
              HasSubstr(R"({"type":"missing_index","index":"ping-2026-07-27"})"));
}

TEST_F(ServerApiSuperSearch, AQueryIsShownAndNotRun) {
  parts_.products_by_token = [] { return std::vector<std::string>{"Closed"}; };
  const http::Response shown = Search(
      "_return_query=true&product=Crashy&version=57.0b&signature=!~x&stack=main&_sort=-date&"
      "_facets=version&_aggs.version=platform&date=%3E=2026-11-10&date=%3C2026-11-17&_results_number=5");
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(
      shown.body,
      R"({"query":{"from":"2026-11-10T00:00:00.000Z","to":"2026-11-17T00:00:00.000Z","kinds":["report"],)"
      R"("conditions":[{"field":"signature","combine":"none_of","tests":[{"operator":"~","value":"x"}]},)"
      R"({"field":"product","combine":"any_of","tests":[{"operator":"matches","value":"Crashy"}]},)"
      R"({"field":"version","combine":"any_of","tests":[{"operator":"^","value":"57.0b"}]}],)"
      R"("stacks":[{"field":"stack","value":"main"}],)"
      R"("columns":["uuid","date","signature","product","version","kind"],"sort":["-date"],)"
      R"("results_number":5,"results_offset":0,"facets_size":50,)"
      R"("facets":[{"name":"version","facets":[{"name":"platform"}]}]},)"
      R"("indices":["report-2026-11-09","report-2026-11-16"]})");
  EXPECT_EQ(Search("_return_query=true&nonsense=1").status, 400);
  EXPECT_THAT(Search("_return_query=false").body, HasSubstr(R"("hits":[)"));
}

TEST_F(ServerApiSuperSearch, RowsOfPingsAreNoted) {
  const auto directory = *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  store::AuditLog audit(*directory);
  ApiParts parts{*index_, blobs_, *queue_, registry_, {}, [] { return search::kTestNowMs; }, &audit};
  const auto ask = [&](const std::string& query, std::vector<std::string> permissions) {
    const http::Request request{.method = "GET", .query = query, .caller = {"ann", std::move(permissions)}};
    return SuperSearch(parts, request).body;
  };
  EXPECT_THAT(ask("_columns=uuid", {}), Not(HasSubstr(search::TestUuid(2))));
  ask("_results_number=0", {"view_pings"});
  ask("kind=report", {"view_pings"});
  ASSERT_TRUE(audit.Flush());
  EXPECT_TRUE(directory->ListAudit(0, 10)->empty()) << "no ping went out";
  EXPECT_THAT(ask("_columns=uuid", {"view_pings"}),
              AllOf(HasSubstr("{\"uuid\":\"" + search::TestUuid(2) + "\"}"), Not(HasSubstr("kind"))));
  EXPECT_THAT(ask("_columns=kind&_columns=uuid", {"view_pings"}), HasSubstr(R"("kind":"ping")"));
  ASSERT_TRUE(audit.Flush());
  ASSERT_EQ(directory->ListAudit(0, 10)->size(), 2U);
  EXPECT_EQ(directory->ListAudit(0, 10)->at(0).action, "read pings");
  EXPECT_EQ(directory->ListAudit(0, 10)->at(0).object, "1 pings of a search");
}

}  // namespace
}  // namespace cairn::api
