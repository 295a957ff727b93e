#include "server/api/search_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time_units.h"
#include "server/api/cursor.h"

namespace cairn::api {
namespace {

using search::Combine;
using search::CrashKind;
using search::FieldId;
using search::Operator;
using search::Query;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kNowMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z

std::variant<Query, Refusal> Read(const http::QueryFields& parameters, const http::Caller& caller = {}) {
  return ReadSearchParameters(parameters, caller, kNowMs);
}

Query QueryOf(const http::QueryFields& parameters, const http::Caller& caller = {}) {
  const auto read = Read(parameters, caller);
  const auto* const refusal = std::get_if<Refusal>(&read);
  EXPECT_EQ(refusal, nullptr) << (refusal == nullptr ? "" : refusal->message);
  return refusal == nullptr ? std::get<Query>(read) : Query{};
}

std::string RefusalOf(const http::QueryFields& parameters, int status = 400) {
  const auto read = Read(parameters);
  const auto* const refusal = std::get_if<Refusal>(&read);
  if (refusal == nullptr) return "not refused";
  EXPECT_EQ(refusal->status, status);
  return refusal->message;
}

search::Aggregation Terms(FieldId field, std::vector<search::Aggregation> inner = {}) {
  search::Aggregation terms;
  terms.field = field;
  terms.inner = std::move(inner);
  return terms;
}

TEST(ServerApiSearchParameters, WithoutParametersTheLastSevenDaysAreSearched) {
  const Query query = QueryOf({});
  EXPECT_EQ(query.window.from_ms, kNowMs + 1 - 7 * base::kDayMs);
  EXPECT_EQ(query.window.to_ms, kNowMs + 1);
  EXPECT_THAT(query.columns, ElementsAre(FieldId::kUuid, FieldId::kDate, FieldId::kSignature,
                                         FieldId::kProduct, FieldId::kVersion, FieldId::kKind));
  EXPECT_THAT(query.facets, ElementsAre(Terms(FieldId::kSignature)));
  EXPECT_EQ(query.facet_size, 50U);
  EXPECT_EQ(query.hits_max, 100U);
  EXPECT_THAT(query.clauses, IsEmpty());
}

TEST(ServerApiSearchParameters, PingsAreSeenOnlyWithThePermission) {
  EXPECT_THAT(QueryOf({}).kinds, ElementsAre(CrashKind::kReport));
  EXPECT_THAT(QueryOf({{"kind", "ping"}}).kinds, ElementsAre(CrashKind::kReport));
  EXPECT_THAT(QueryOf({}, {.permissions = {"upload_symbols"}}).kinds, ElementsAre(CrashKind::kReport));
  EXPECT_THAT(QueryOf({}, {.permissions = {"view_pings"}}).kinds,
              ElementsAre(CrashKind::kReport, CrashKind::kPing));
}

TEST(ServerApiSearchParameters, AnnotationsAreSearchedByTheirTypes) {
  const Query query = QueryOf({{"uptime_ts", "<2.5"},
                               {"oom_allocation_size", "4096"},
                               {"startup_crash", "true"},
                               {"crash_time", ">=2026-11-22"},
                               {"moz_crash_reason", "~cheese"}});
  std::map<std::string, search::Test> tests;
  for (const search::Clause& clause : query.clauses)
    tests[search::FieldOf(clause.field).name] = clause.tests.at(0);
  EXPECT_EQ(tests.at("uptime_ts").op, Operator::kLess);
  EXPECT_EQ(tests.at("uptime_ts").operand, search::Value(2.5));
  EXPECT_EQ(tests.at("oom_allocation_size").operand, search::Value(std::int64_t{4096}));
  EXPECT_EQ(tests.at("startup_crash").operand, search::Value(std::int64_t{1}));
  EXPECT_EQ(tests.at("crash_time").operand, search::Value(kNowMs - base::kDayMs / 2));
  EXPECT_EQ(tests.at("moz_crash_reason").op, Operator::kContains);
  EXPECT_THAT(RefusalOf({{"uptime_ts", "soon"}}), HasSubstr("not a number"));
  EXPECT_THAT(RefusalOf({{"startup_crash", "maybe"}}), HasSubstr("not true or false"));
  EXPECT_THAT(RefusalOf({{"crash_time", ">=soon"}}), HasSubstr("not a date"));
}

// A question that may not reach them must not look like one with an empty result.
TEST(ServerApiSearchParameters, ProtectedFieldsAreForWhoMaySeeThem) {
  const http::Caller permitted{.permissions = {"view_pii"}};
  const std::vector<http::QueryFields> questions = {
      {{"user_comments", "~secret"}},         {{"user_comments", "!__null__"}},
      {{"_columns", "user_comments"}},        {{"_facets", "user_comments"}},
      {{"_facets", "product.user_comments"}}, {{"_aggs.product.version", "user_comments"}},
      {{"_cardinality.user_comments", ""}},   {{"_sort", "-user_comments"}}};
  for (const http::QueryFields& question : questions) {
    EXPECT_THAT(RefusalOf(question, 403), HasSubstr("view_pii: user_comments")) << question[0].first;
    EXPECT_EQ(ProtectedFieldsOf(QueryOf(question, permitted)), "user_comments") << question[0].first;
  }
  EXPECT_EQ(ProtectedFieldsOf(QueryOf({{"uptime", "<60"}, {"_facets", "addons"}})), "");
}

TEST(ServerApiSearchParameters, EachPrefixIsItsOperator) {
  const std::vector<std::pair<std::string, Operator>> cases = {
      {"text", Operator::kMatches},     {"=text", Operator::kEquals},   {"~text", Operator::kContains},
      {"^text", Operator::kStartsWith}, {"$text", Operator::kEndsWith}, {"@text", Operator::kRegex}};
  for (const auto& [value, op] : cases) {
    for (const bool negated : {false, true}) {
      const Query query = QueryOf({{"signature", (negated ? "!" : "") + value}});
      ASSERT_EQ(query.clauses.size(), 1U) << value;
      EXPECT_EQ(query.clauses[0].combine, negated ? Combine::kNoneOf : Combine::kAnyOf) << value;
      EXPECT_EQ(query.clauses[0].tests[0].op, op) << value;
      EXPECT_EQ(query.clauses[0].tests[0].operand, search::Value("text")) << value;
    }
  }
  EXPECT_EQ(QueryOf({{"signature", "!__null__"}}).clauses[0].tests[0].op, Operator::kIsAbsent);
  EXPECT_EQ(QueryOf({{"signature", "<name omitted>"}}).clauses[0].tests[0].operand,
            search::Value("<name omitted>"));
  EXPECT_EQ(QueryOf({{"build_id", ">=2026"}}).clauses[0].tests[0].op, Operator::kGreaterOrEqual);
}

TEST(ServerApiSearchParameters, ValuesOfAFieldAreCombinedByTheirSense) {
  const Query query = QueryOf({{"build_id", "=1"},
                               {"build_id", ">2"},
                               {"build_id", "=3"},
                               {"build_id", "!=4"},
                               {"build_id", "<=5"},
                               {"build_id", "!=6"},
                               {"product", ""}});
  ASSERT_EQ(query.clauses.size(), 3U);
  EXPECT_EQ(query.clauses[0].combine, Combine::kAnyOf);
  EXPECT_EQ(query.clauses[0].tests.size(), 2U);
  EXPECT_EQ(query.clauses[1].combine, Combine::kAllOf);
  EXPECT_EQ(query.clauses[1].tests.size(), 2U);
  EXPECT_EQ(query.clauses[2].combine, Combine::kNoneOf);
  EXPECT_EQ(query.clauses[2].tests.size(), 2U);
}

TEST(ServerApiSearchParameters, OneDateBoundMakesSevenDays) {
  const auto window = [](const http::QueryFields& parameters) {
    const Query query = QueryOf(parameters);
    return std::pair(query.window.from_ms, query.window.to_ms);
  };
  const std::int64_t noon = kNowMs;
  EXPECT_EQ(window({{"date", ">=2026-11-22T12:00:00"}}), std::pair(noon, noon + 7 * base::kDayMs));
  EXPECT_EQ(window({{"date", "<2026-11-22T12:00:00Z"}}), std::pair(noon - 7 * base::kDayMs, noon));
  EXPECT_EQ(window({{"date", ">2026-11-22T12:00"}, {"date", "<=2026-11-23"}}),
            std::pair(noon + 1, noon + base::kDayMs / 2 + 1));
  EXPECT_EQ(window({{"date", ">=2026-01-01"},
                    {"date", ">=2026-11-22T12:00"},
                    {"date", "<2026-11-24T12:00"},
                    {"date", "<2026-11-23T12:00"}}),
            std::pair(noon, noon + base::kDayMs));
}

TEST(ServerApiSearchParameters, WhatIsWrongIsSaidInWords) {
  EXPECT_THAT(RefusalOf({{"nonsense", "x"}}), HasSubstr("nonsense"));
  EXPECT_THAT(RefusalOf({{"_nonsense", "x"}}), HasSubstr("_nonsense"));
  EXPECT_THAT(RefusalOf({{"_columns", "nonsense"}}), HasSubstr("nonsense"));
  EXPECT_THAT(RefusalOf({{"_facets", "nonsense"}}), HasSubstr("nonsense"));
  EXPECT_THAT(RefusalOf({{"_sort", "-nonsense"}}), HasSubstr("nonsense"));
  for (const char* const meta : {"_columns", "_facets", "_sort"}) {
    EXPECT_THAT(RefusalOf({{meta, "missing_debug_id"}}), HasSubstr("can be searched for, but not")) << meta;
  }
  EXPECT_THAT(RefusalOf({{"date", "2026-11-22"}}), HasSubstr("operators"));
  EXPECT_THAT(RefusalOf({{"date", "!>=2026-11-22"}}), HasSubstr("operators"));
  EXPECT_THAT(RefusalOf({{"date", "__null__"}}), HasSubstr("operators"));
  EXPECT_THAT(RefusalOf({{"date", ">=yesterday"}}), HasSubstr("not a date"));
  EXPECT_THAT(RefusalOf({{"date", ">=2026-11-22"}, {"date", "<2026-11-21"}}), HasSubstr("before it begins"));
  EXPECT_THAT(RefusalOf({{"date", ">=2024-11-22"}, {"date", "<2026-11-21"}}), HasSubstr("365 days"));
  EXPECT_THAT(RefusalOf({{"product", "\xff"}}), HasSubstr("UTF-8"));
  for (const std::string name : {"_facets_size", "_results_number", "_results_offset"}) {
    for (const std::string value : {"", "-1", "x", "1x", "1.5", "99999999999", "10001", " 1"}) {
      EXPECT_THAT(RefusalOf({{name, value}}), HasSubstr(name)) << value;
    }
  }
  EXPECT_THAT(RefusalOf({{"_results_number", "1000"}, {"_results_offset", "9500"}}),
              HasSubstr("_results_offset"));
  EXPECT_THAT(RefusalOf(http::QueryFields(kMaxTests + 1, {"product", "x"})), HasSubstr("200"));
}

TEST(ServerApiSearchParameters, NumbersColumnsFacetsAndSortAreRead) {
  const Query query = QueryOf({{"_columns", "uuid"},
                               {"_columns", "reason"},
                               {"_columns", "uuid"},
                               {"_facets", "product"},
                               {"_facets", "version"},
                               {"_facets_size", "3"},
                               {"_results_number", "0"},
                               {"_results_offset", "7"},
                               {"_sort", "-version"},
                               {"_sort", "date"}});
  EXPECT_THAT(query.columns, ElementsAre(FieldId::kUuid, FieldId::kReason));
  EXPECT_THAT(query.facets, ElementsAre(Terms(FieldId::kProduct), Terms(FieldId::kVersion)));
  EXPECT_EQ(query.facet_size, 3U);
  EXPECT_EQ(query.hits_max, 0U);
  EXPECT_EQ(query.hits_offset, 7U);
  ASSERT_EQ(query.sort.size(), 2U);
  EXPECT_TRUE(query.sort[0].descending);
  EXPECT_FALSE(query.sort[1].descending);
  EXPECT_THAT(QueryOf({{"_facets_size", "0"}}).facets, IsEmpty());
  EXPECT_THAT(QueryOf({{"_facets", ""}}).facets, IsEmpty());
}

TEST(ServerApiSearchParameters, DatesMayBeRelativeToNow) {
  const Query query = QueryOf({{"date", ">=-36h"}, {"date", "<now"}, {"crash_time", ">-2w"}});
  EXPECT_EQ(query.window.from_ms, kNowMs - 36 * base::kDayMs / 24);
  EXPECT_EQ(query.window.to_ms, kNowMs);
  EXPECT_EQ(query.clauses.at(0).tests.at(0).operand, search::Value(kNowMs - 14 * base::kDayMs));
  EXPECT_EQ(QueryOf({{"date", ">=-90m"}}).window.from_ms, kNowMs - 90 * 60'000);
  for (const char* const wrong : {">=-d", ">=-5", ">=-5y", ">=--5d", ">=-99999999999d", ">=7d"}) {
    EXPECT_THAT(RefusalOf({{"date", wrong}}), HasSubstr("not a date")) << wrong;
  }
}

TEST(ServerApiSearchParameters, StacksAreAskedByTheirOwnLanguage) {
  const Query query =
      QueryOf({{"stack", "main"}, {"stack(crashing)", "!a > b"}, {"stack(any)", "~c"}, {"stack", ""}});
  ASSERT_EQ(query.stacks.size(), 3U);
  EXPECT_EQ(query.stacks[0].scope, search::ThreadScope::kAnyThread);
  EXPECT_FALSE(query.stacks[0].negated);
  EXPECT_EQ(query.stacks[1].scope, search::ThreadScope::kCrashingThread);
  EXPECT_TRUE(query.stacks[1].negated);
  EXPECT_EQ(query.stacks[1].steps.size(), 2U);
  EXPECT_THAT(RefusalOf({{"stack", "a >"}}), HasSubstr("stack=a >: a frame is missing"));
  EXPECT_THAT(RefusalOf({{"stack(main)", "a"}}), HasSubstr("stack(crashing)"));
  EXPECT_THAT(RefusalOf(http::QueryFields(search::kMaxStackClauses + 1, {"stack", "a"})),
              HasSubstr("More than 8"));
}

TEST(ServerApiSearchParameters, ACursorBelongsToItsOrder) {
  const search::HitPosition position{.sort_values = {search::Value("1.0")},
                                     .date_ms = 5,
                                     .uuid = "00000000-0000-4000-8000-00000000002a",
                                     .kind = {}};
  const std::string cursor = MakeCursor({{FieldId::kVersion, true}}, position);
  EXPECT_EQ(QueryOf({{"_cursor", cursor}, {"_sort", "-version"}}).after, position);
  EXPECT_THAT(RefusalOf({{"_cursor", cursor}, {"_sort", "version"}}), HasSubstr("_cursor"));
  EXPECT_THAT(RefusalOf({{"_cursor", cursor}, {"_sort", "-version"}, {"_results_offset", "5"}}),
              HasSubstr("_cursor"));
}

TEST(ServerApiSearchParameters, EstimatesAreMadeWhenTheyAreAskedFor) {
  EXPECT_FALSE(QueryOf({}).with_estimates);
  EXPECT_TRUE(QueryOf({{"_weights", "true"}}).with_estimates);
}

TEST(ServerApiSearchParameters, WhatCanOnlyBeCountedIsNotSearched) {
  EXPECT_THAT(RefusalOf({{"client", "5"}}), HasSubstr("_cardinality.client"));
  EXPECT_THAT(RefusalOf({{"_columns", "client"}}), HasSubstr("_cardinality.client"));
}

TEST(ServerApiSearchParameters, AVersionThatEndsInBIsEveryBetaOfIt) {
  const auto op_of = [](const char* name, const char* value) {
    return QueryOf({{name, value}}).clauses.at(0).tests.at(0).op;
  };
  EXPECT_EQ(op_of("version", "57.0b"), Operator::kStartsWith);
  EXPECT_EQ(op_of("version", "57.0b1"), Operator::kMatches);
  EXPECT_EQ(op_of("version", "=57.0b"), Operator::kEquals);
  EXPECT_EQ(op_of("product", "Web"), Operator::kMatches);
}

TEST(ServerApiSearchParameters, PingsOfAProductAreSeenInASearchOfThatProduct) {
  http::Caller caller;
  caller.grants = {{"Fenix", {"view_pings"}}, {"Focus", {"view_pings"}}, {"Other", {"view_pii"}}};
  const auto sees_pings = [&](const http::QueryFields& parameters) {
    const std::vector<CrashKind> kinds = QueryOf(parameters, caller).kinds;
    return std::ranges::find(kinds, CrashKind::kPing) != kinds.end();
  };
  EXPECT_TRUE(sees_pings({{"product", "Fenix"}}));
  EXPECT_TRUE(sees_pings({{"product", "=Fenix"}, {"product", "Focus"}}));
  EXPECT_FALSE(sees_pings({}));
  EXPECT_FALSE(sees_pings({{"product", "Other"}}));
  EXPECT_FALSE(sees_pings({{"product", "Fenix"}, {"product", "Other"}}));
  EXPECT_FALSE(sees_pings({{"product", "!Other"}}));
  EXPECT_FALSE(sees_pings({{"product", "!Fenix"}}));
  EXPECT_FALSE(sees_pings({{"product", "~Fenix"}}));
  EXPECT_FALSE(sees_pings({{"product", "^F"}}));
  EXPECT_FALSE(sees_pings({{"product", "fenix"}})) << "it would find other products as well";
  // Of FENIX, which "Fenix" finds too, nothing is granted.
  const Query query = QueryOf({{"product", "Fenix"}}, caller);
  ASSERT_EQ(query.clauses.size(), 2U);
  EXPECT_EQ(query.clauses[1].tests.at(0).op, Operator::kEquals);
}

}  // namespace
}  // namespace cairn::api
