#include "server/api/ping_aggregates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api_for_test.h"

namespace cairn::api {
namespace {

using search::CrashRow;
using search::kTestDayMs;
using search::kTestNowMs;
using search::TestUuid;
using ::testing::HasSubstr;
using ::testing::Not;

class PingAggregatesTest : public ApiTest {
 protected:
  // A ping of client `client`, all of one signature and product, on the day before today.
  static CrashRow Ping(std::uint64_t number, std::int64_t client) {
    CrashRow row = search::TestRow(number);
    row.kind = search::CrashKind::kPing;
    row.product = "Shown";
    row.client = client;
    row.date_ms = kTestNowMs - kTestDayMs;
    search::SetSignature(row, "grouped", "grouped | main");
    return row;
  }
  // Of so many clients, each with two pings. Ids begin at 100.
  static std::vector<CrashRow> PingsOf(std::int64_t clients) {
    std::vector<CrashRow> rows;
    for (std::int64_t i = 0; i < 2 * clients; ++i)
      rows.push_back(Ping(100 + static_cast<std::uint64_t>(i), 1 + i / 2));
    return rows;
  }

  http::Response Of(std::uint64_t number) {
    return Get("/api/PingAggregates/", "crash_id=" + TestUuid(number));
  }
};

TEST_F(PingAggregatesTest, NothingIsToldOfAGroupOfNineClients) {
  std::vector<CrashRow> rows = PingsOf(9);
  rows.push_back(Ping(300, 0));  // Whose it is, is not known: it may be one of the nine.
  rows.push_back(Ping(301, 40));
  rows.back().product = "Other";
  rows.push_back(Ping(302, 41));
  rows.back().date_ms = kTestNowMs - (kPingAggregateDays + 1) * kTestDayMs;
  Store(rows);
  for (const std::uint64_t number : {100U, 300U, 301U, 302U}) {
    const http::Response response = Of(number);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"days":90,"clients_min":10})");
  }
}

TEST_F(PingAggregatesTest, AGroupOfTenClientsIsCounted) {
  Store(PingsOf(10));
  const http::Response response = Of(100);
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"("signature":"grouped","product":"Shown","pings":20,)"));
  EXPECT_THAT(response.body, HasSubstr(R"("cardinality_client":{"value":10})"));
  EXPECT_THAT(response.body, HasSubstr(R"("version":[{"term":"1.0","count":20,)"
                                       R"("facets":{"cardinality_client":{"value":10}}}])"));
  EXPECT_THAT(response.body, HasSubstr(R"("reason":[{"term":"SIGSEGV / SEGV_MAPERR","count":20,)"));
  EXPECT_THAT(response.body,
              HasSubstr(R"("histogram_date":[{"term":"2026-11-21T00:00:00+00:00","count":20,)"));
}

TEST_F(PingAggregatesTest, ValuesOfNineClientsAreLeftOut) {
  std::vector<CrashRow> rows = PingsOf(10);
  for (std::size_t i = 0; i < 2; ++i) {  // One client of the ten is alone with these.
    rows[i].version = "9.0";
    rows[i].release_channel = "rare";
    rows[i].date_ms -= kTestDayMs;
  }
  Store(rows);
  const http::Response response = Of(100);
  EXPECT_THAT(response.body, HasSubstr(R"("pings":20)"));
  EXPECT_THAT(response.body, HasSubstr(R"("version":[])"));
  for (const char* of_few : {"9.0", "rare", "2026-11-20"}) EXPECT_THAT(response.body, Not(HasSubstr(of_few)));
}

TEST_F(PingAggregatesTest, WhoMayViewPingsIsToldNoMoreHere) {
  Store(PingsOf(9));
  EXPECT_EQ(Get("/api/PingAggregates/", "crash_id=" + TestUuid(100), {"view_pings"}).body,
            R"({"days":90,"clients_min":10})");
}

TEST_F(PingAggregatesTest, AGroupIsAskedForByItsName) {
  Store(PingsOf(10));
  EXPECT_EQ(Get("/api/PingAggregates/", "signature=grouped&product=Shown").body, Of(100).body);
  for (const char* other : {"signature=grouped&product=Other", "signature=others&product=Shown"})
    EXPECT_EQ(Get("/api/PingAggregates/", other).body, R"({"days":90,"clients_min":10})") << other;
  EXPECT_EQ(Get("/api/PingAggregates/", "signature=grouped").status, 400);
  EXPECT_EQ(Get("/api/PingAggregates/", "product=Shown").status, 400);
}

TEST_F(PingAggregatesTest, ByItsNameTooAGroupOfNineClientsIsNotToldOf) {
  Store(PingsOf(9));
  EXPECT_EQ(Get("/api/PingAggregates/", "signature=grouped&product=Shown").body,
            R"({"days":90,"clients_min":10})");
}

TEST_F(PingAggregatesTest, OnlyPingsHaveThem) {
  EXPECT_EQ(Of(1).status, 404);  // A report.
  EXPECT_EQ(Of(77).status, 404);
  EXPECT_EQ(Get("/api/PingAggregates/", "crash_id=1").status, 400);
  EXPECT_EQ(Get("/api/PingAggregates/", "").status, 400);
}

TEST_F(PingAggregatesTest, WhereAProductWantsATokenTheyDoToo) {
  Store(PingsOf(10));
  parts_.products_by_token = [] { return std::vector<std::string>{"Shown"}; };
  EXPECT_EQ(Of(100).status, 403);
  EXPECT_EQ(Get("/api/PingAggregates/", "signature=grouped&product=Shown").status, 403);
  EXPECT_EQ(GetAs({.name = "ann"}, "/api/PingAggregates/", "crash_id=" + TestUuid(100)).status, 403);
  const http::Caller granted{
      .name = "ann", .permissions = {}, .grants = {{"Shown", {"view_closed_products"}}}};
  EXPECT_EQ(GetAs(granted, "/api/PingAggregates/", "crash_id=" + TestUuid(100)).status, 200);
}

}  // namespace
}  // namespace cairn::api
