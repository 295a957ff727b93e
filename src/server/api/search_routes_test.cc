// The routes that search: what is counted, compared and drawn, and for whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/parse_json.h"
#include "server/api/api_for_test.h"
#include "server/api/visibility.h"
#include "server/search/field.h"

namespace cairn::api {
namespace {

using search::CrashKind;
using search::CrashRow;
using search::kTestDayMs;
using search::kTestNowMs;
using search::TestRow;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerApiSearchRoutes : public ApiTest {
 protected:
  // The answer, which must be 200, as JSON.
  simdjson::dom::element Json(const std::string& path, const std::string& query,
                              std::vector<std::string> permissions = {}) {
    const http::Response response = Get(path, query, std::move(permissions));
    EXPECT_EQ(response.status, 200) << response.body;
    return base::ParseJson(parser_, response.body).value();
  }

  CrashRow Row(std::uint64_t number, const std::string& signature, std::int64_t days_ago) {
    CrashRow row = TestRow(number);
    row.product = "Ranked";
    row.date_ms = kTestNowMs - days_ago * kTestDayMs - 1000;
    row.build_id = "2026110" + std::to_string(days_ago % 9);
    search::SetSignature(row, signature, signature + " | main");
    search::ChangeStack(row, [&](std::vector<search::StackFrame>& frames) {
      frames[0].names[0].function = signature;
      frames[0].module_offset = 0x1000 + 16 * std::hash<std::string>()(signature) % 4096;
    });
    return row;
  }

  simdjson::dom::parser parser_;
};

TEST_F(ServerApiSearchRoutes, ASearchThatTakesTooLongIsEndedForAllButThoseWhoMay) {
  parts_.search_limits = {.seconds = 0, .long_seconds = 60};
  for (const auto& [path, query] : {std::pair("/api/SuperSearch/", ""),
                                    {"/api/Export/", ""},
                                    {"/api/Export/", "_format=parquet"},
                                    {"/api/TopCrashers/", ""},
                                    {"/api/SignatureFirstDate/", "signatures=f"},
                                    {"/api/Flame/", ""},
                                    {"/api/Correlations/", "signature=f"}}) {
    const http::Response late = Get(path, query);
    EXPECT_EQ(late.status, 400) << path;
    EXPECT_EQ(
        late.body,
        R"({"error":"The search took more than 0 s: narrow it by fewer days, a product or a signature, )"
        R"(or ask for fewer facets"})");
    EXPECT_EQ(Get(path, query, {"run_long_queries"}).status, 200) << path;
  }
}

TEST_F(ServerApiSearchRoutes, WhatIsAskedOnlyForClosedProductsHasItsTimeToo) {
  parts_.search_limits = {.seconds = 0, .long_seconds = 60};
  parts_.products_by_token = [] { return std::vector<std::string>{"Ranked"}; };
  parts_.knows_product = [](const std::string&) -> base::Result<bool> { return false; };
  EXPECT_EQ(Get("/api/SignatureFirstDate/", "signatures=f").status, 400);
  http::Request request{.method = "GET"};
  EXPECT_EQ(VisibleSignatures(parts_, request, {"f"}).error().code, base::Code::kTimeout);
  parts_.products_by_token = {};
  EXPECT_EQ(VisibleSignatures(parts_, request, {"f"}).error().code, base::Code::kTimeout)
      << "pings are not seen";
  request.caller.permissions = {"run_long_queries"};
  EXPECT_TRUE(VisibleSignatures(parts_, request, {"f"}));
}

TEST_F(ServerApiSearchRoutes, NestedFacetsAndEstimatesHaveTheShapesOfSuperSearch) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 4; ++i) {
    rows.push_back(Row(10 + i, "a", 1));
    rows.back().weight = 10;
    rows.back().version = i < 3 ? "1.0" : "2.0";
    rows.back().client = static_cast<std::int64_t>(1 + i / 2);
    rows.back().annotations = {{search::FindField("startup_crash")->id, std::int64_t{1}}};
  }
  Store(rows);
  const http::Response response =
      Get("/api/SuperSearch/",
          "product=Ranked&_results_number=0&_facets=product&_facets=startup_crash&_facets=_cardinality.client"
          "&_aggs.product=version&_aggs.product.version=_max.date&_histogram.date=version&_weights=true");
  EXPECT_THAT(response.body,
              HasSubstr(R"("product":[{"term":"Ranked","count":4,"weighted":{"count":40,"low":4,"high":77},)"
                        R"("facets":{"version":[{"term":"1.0","count":3,)"));
  EXPECT_THAT(response.body, HasSubstr(R"("facets":{"max_date":{"value":"2026-11-21T11:59:59.000Z"}})"));
  EXPECT_THAT(response.body, HasSubstr(R"("startup_crash":[{"term":"T","count":4)"));
  EXPECT_THAT(response.body, HasSubstr(R"("cardinality_client":{"value":2})"));
  EXPECT_THAT(response.body, HasSubstr(R"("histogram_date":[{"term":"2026-11-21T00:00:00+00:00","count":4)"));
  EXPECT_THAT(response.body, HasSubstr(R"("total":4,"weighted":{"count":40,"low":4,"high":77})"));
}

TEST_F(ServerApiSearchRoutes, CursorsLeadThroughAllHits) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 7; ++i) rows.push_back(Row(10 + i, "a", 1));
  Store(rows);
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto page =
        Json("/api/SuperSearch/", "product=Ranked&_results_number=3&_sort=version&_facets=&_columns=uuid" +
                                      (cursor.empty() ? "" : "&_cursor=" + cursor));
    for (const auto hit : page["hits"].get_array()) seen.emplace_back(hit["uuid"].get_string().value());
    std::string_view next;
    cursor = page["cursor"].get(next) == simdjson::SUCCESS ? std::string(next) : "";
  } while (!cursor.empty());
  std::ranges::sort(seen);
  std::vector<std::string> expected;
  for (const CrashRow& row : rows) expected.push_back(row.uuid);
  std::ranges::sort(expected);
  EXPECT_EQ(seen, expected);
}

TEST_F(ServerApiSearchRoutes, StacksAreSearched) {
  Store({Row(10, "ns::first", 1), Row(11, "ns::second", 1)});
  const auto total = [&](const std::string& stack) {
    return Json("/api/SuperSearch/", "product=Ranked&" + stack)["total"].get_uint64().value();
  };
  EXPECT_EQ(total("stack=ns::*"), 2U);
  EXPECT_EQ(total("stack=ns::first+%3E+main"), 1U);
  EXPECT_EQ(total("stack=main+%3E+ns::first"), 0U);
  EXPECT_EQ(total("stack(crashing)=!~first"), 1U);
  EXPECT_THAT(Get("/api/SuperSearch/", "stack=%40%22(unclosed%22").body, HasSubstr("RE2"));
  EXPECT_EQ(Get("/api/SuperSearch/", "stack=%40%22(unclosed%22").status, 400);
}

TEST_F(ServerApiSearchRoutes, TopCrashersTellWhatHasMoved) {
  std::vector<CrashRow> rows;
  std::uint64_t number = 10;
  const auto add = [&](const std::string& signature, std::int64_t days_ago, int count) {
    for (; count > 0; --count) rows.push_back(Row(number++, signature, days_ago));
  };
  add("old", 9, 3);
  add("steady", 9, 5);
  add("steady", 2, 4);
  add("fresh", 1, 6);
  rows.back().annotations = {{search::FindField("uptime")->id, std::int64_t{12}}};
  Store(rows);
  const auto answer = Json("/api/TopCrashers/", "product=Ranked");
  EXPECT_EQ(answer["total"].get_uint64().value(), 10U);
  EXPECT_EQ(answer["previous_total"].get_uint64().value(), 8U);
  EXPECT_EQ(answer["covered"].get_uint64().value(), 10U);
  const auto first = answer["rows"].at(0);
  EXPECT_EQ(first["signature"].get_string().value(), "fresh");
  EXPECT_EQ(first["rank"].get_uint64().value(), 1U);
  EXPECT_EQ(first["count"].get_uint64().value(), 6U);
  EXPECT_EQ(first["percent"].get_double().value(), 60.0);
  EXPECT_EQ(first["first_minute"].get_uint64().value(), 1U);
  EXPECT_EQ(first["first_date"].get_string().value(), "2026-11-21T11:59:59.000Z");
  EXPECT_NE(first["previous_rank"].error(), simdjson::SUCCESS) << "new";
  const auto second = answer["rows"].at(1);
  EXPECT_EQ(second["signature"].get_string().value(), "steady");
  EXPECT_EQ(second["previous_rank"].get_uint64().value(), 1U);
  EXPECT_EQ(second["previous_count"].get_uint64().value(), 5U);
  EXPECT_EQ(second["platforms"]["Linux"].get_uint64().value(), 4U);
  EXPECT_EQ(second["first_date"].get_string().value(), "2026-11-13T11:59:59.000Z");
  EXPECT_EQ(answer["rows"].get_array().size(), 2U);
}

TEST_F(ServerApiSearchRoutes, TopCrashersOfBuildsAreThoseOfBuildsOfTheTime) {
  std::vector<CrashRow> rows = {Row(10, "of a new build", 1), Row(11, "of an old build", 1),
                                Row(12, "of a new build", 9), Row(13, "of an old build", 9)};
  rows[0].build_id = "20261120000000";
  rows[1].build_id = "20260101000000";
  rows[2].build_id = "20261112000000";
  rows[3].build_id = "20260101000000";
  Store(rows);
  const auto answer = Json("/api/TopCrashers/", "product=Ranked&_range_type=build");
  EXPECT_EQ(answer["total"].get_uint64().value(), 1U);
  EXPECT_EQ(answer["previous_total"].get_uint64().value(), 1U) << "the builds of the week before";
  EXPECT_EQ(answer["rows"].at(0)["signature"].get_string().value(), "of a new build");
  EXPECT_EQ(answer["rows"].at(0)["previous_rank"].get_uint64().value(), 1U);
  EXPECT_EQ(answer["rows"].get_array().size(), 1U);
  EXPECT_EQ(Json("/api/TopCrashers/", "product=Ranked&_range_type=report")["total"].get_uint64().value(), 2U);
  EXPECT_EQ(Get("/api/TopCrashers/", "_range_type=other").status, 400);
}

TEST_F(ServerApiSearchRoutes, FirstDatesAreThoseOfAllCrashesThatAreKept) {
  Store({Row(10, "a", 30), Row(11, "a", 1), Row(12, "b", 2)});
  EXPECT_EQ(
      Get("/api/SignatureFirstDate/", "signatures=a&signatures=none").body,
      R"({"hits":[{"signature":"a","first_date":"2026-10-23T11:59:59.000Z","first_build":"20261101"}],"total":1})");
  EXPECT_EQ(Get("/api/SignatureFirstDate/", "").status, 400);
}

TEST_F(ServerApiSearchRoutes, AFlameHasTheOutermostFrameAtItsRoot) {
  Store({Row(10, "a", 1), Row(11, "a", 1), Row(12, "b", 1)});
  const auto answer = Json("/api/Flame/", "product=Ranked");
  EXPECT_EQ(answer["total"].get_uint64().value(), 3U);
  const auto main = answer["root"]["children"].at(0);
  EXPECT_EQ(main["name"].get_string().value(), "main");
  EXPECT_EQ(main["module"].get_string().value(), "crashy");
  EXPECT_EQ(main["count"].get_uint64().value(), 3U);
  EXPECT_EQ(main["children"].at(0)["name"].get_string().value(), "a");
  EXPECT_EQ(main["children"].at(0)["count"].get_uint64().value(), 2U);
  EXPECT_EQ(main["children"].at(1)["name"].get_string().value(), "b");
  EXPECT_EQ(Get("/api/Flame/", "thread=none").status, 400);
  EXPECT_EQ(Get("/api/Flame/", "stacks_max=0").status, 400);
}

TEST_F(ServerApiSearchRoutes, CorrelationsCompareWithTheOthers) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 60; ++i) {
    rows.push_back(Row(10 + i, i < 20 ? "group" : "others", 1));
    rows.back().cpu_arch = i < 20 ? "arm64" : "amd64";
    rows.back().process_type = i % 2 == 0 ? "main" : "content";
    if (i < 20) {
      search::ChangeStack(rows.back(), [](std::vector<search::StackFrame>& frames) {
        frames.push_back({.module = "hook.dll", .debug_id = "CC0", .module_offset = 8, .names = {}});
      });
    }
  }
  Store(rows);
  const auto answer = Json("/api/Correlations/", "product=Ranked&signature=group");
  EXPECT_EQ(answer["signature_total"].get_uint64().value(), 20U);
  EXPECT_EQ(answer["other_total"].get_uint64().value(), 40U);
  std::map<std::string, double> differences;
  for (const auto row : answer["rows"].get_array()) {
    differences[std::string(row["field"].get_string().value()) + "=" +
                std::string(row["term"].get_string().value())] = row["difference"].get_double().value();
  }
  EXPECT_EQ(differences["cpu_arch=arm64"], 100.0);
  EXPECT_EQ(differences["cpu_arch=amd64"], -100.0);
  EXPECT_EQ(differences["module_in_stack=hook.dll"], 100.0);
  EXPECT_EQ(differences.count("process_type=main"), 0U) << "half of either";
  EXPECT_EQ(Get("/api/Correlations/", "product=Ranked").status, 400);
}

TEST_F(ServerApiSearchRoutes, FieldsVersionsAndNothing) {
  const auto fields = Json("/api/SuperSearchFields/", "");
  EXPECT_EQ(fields["product"]["query_type"].get_string().value(), "enum");
  EXPECT_EQ(fields["date"]["data_validation_type"].get_string().value(), "datetime");
  EXPECT_FALSE(fields["client"]["is_exposed"].get_bool().value());
  EXPECT_EQ(fields["install_time"]["query_type"].get_string().value(), "integer");
  EXPECT_EQ(fields["uptime_ts"]["query_type"].get_string().value(), "float");
  CrashRow row = Row(10, "a", 1);
  row.release_channel = "beta";
  row.version = "2.0b3";
  Store({row});
  EXPECT_EQ(Get("/api/VersionString/", "product=Ranked&channel=beta&build_id=" + row.build_id).body,
            R"({"hits":[{"version_string":"2.0b3"}],"total":1})");
  EXPECT_EQ(Get("/api/VersionString/", "product=Ranked&channel=beta").status, 400);
  EXPECT_EQ(Get("/api/NoOp/", "product=x").status, 200);
}

TEST_F(ServerApiSearchRoutes, PingsAreCountedOnlyForWhoMaySeeThem) {
  CrashRow ping = Row(10, "of pings", 1);
  ping.kind = CrashKind::kPing;
  Store({ping});
  for (const char* const path : {"/api/SuperSearch/", "/api/TopCrashers/", "/api/Flame/"}) {
    EXPECT_THAT(Get(path, "product=Ranked").body, Not(HasSubstr("of pings"))) << path;
    EXPECT_THAT(Get(path, "product=Ranked", {"view_pings"}).body, HasSubstr("of pings")) << path;
  }
  EXPECT_THAT(Get("/api/SignatureFirstDate/", "signatures=of+pings").body, HasSubstr(R"("total":0)"));
  EXPECT_THAT(Get("/api/SignatureFirstDate/", "signatures=of+pings", {"view_pings"}).body,
              HasSubstr(R"("total":1)"));
}

TEST_F(ServerApiSearchRoutes, AProductByTokenIsHiddenFromStrangers) {
  Store({Row(10, "of a secret product", 1)});
  const std::string id = search::TestUuid(10);
  ASSERT_TRUE(blobs_.Put(store::ProcessedCrashKey(id),
                         base::AsBytes(R"({"uuid":")" + id + R"(","kind":"report","product":"Ranked"})")));
  parts_.products_by_token = [] { return std::vector<std::string>{"Ranked"}; };
  const http::Caller known{.name = "somebody", .permissions = {"view_closed_products"}};
  for (const char* const path : {"/api/SuperSearch/", "/api/TopCrashers/", "/api/Flame/"}) {
    EXPECT_THAT(Get(path, "").body, Not(HasSubstr("of a secret"))) << path;
    EXPECT_THAT(GetAs(known, path, "").body, HasSubstr("of a secret")) << path;
  }
  EXPECT_EQ(Crash(id).status, 403);
  EXPECT_EQ(GetAs(known, "/api/ProcessedCrash/", "crash_id=" + id).status, 200);
}

TEST_F(ServerApiSearchRoutes, QueriesFindTheCrashesThatACallerSees) {
  Store({Row(10, "of a secret product", 1)});
  parts_.products_by_token = [] { return std::vector<std::string>{"Ranked"}; };
  constexpr std::uint64_t kAll = 1'000;
  const auto count = [&](const http::Caller& caller) {
    const auto seen = CrashesSeenBy(parts_, caller);
    EXPECT_TRUE(seen);
    std::uint64_t total = seen && *seen ? 0 : kAll;
    for (const search::Query& query : seen->value_or(std::vector<search::Query>()))
      total += index_->Search(query)->total;
    return total;
  };
  EXPECT_EQ(count({}), 2U);
  EXPECT_EQ(count({.permissions = {"view_closed_products"}}), 3U);
  EXPECT_EQ(count({.permissions = {"view_pings"}}), 3U);
  EXPECT_EQ(count({.permissions = {"view_closed_products", "view_pings"}}), kAll);
  parts_.products_by_token = []() -> std::optional<std::vector<std::string>> { return std::nullopt; };
  EXPECT_FALSE(CrashesSeenBy(parts_, {}));
}

}  // namespace
}  // namespace cairn::api
