// The contract of CrashIndex: rows in, hits and counts out.
#include "server/search/crash_index.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_index_contract_for_test.h"
#include "server/search/crash_rows_for_test.h"

namespace cairn::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using ServerSearchCrashIndex = CrashIndexContract;

TEST_P(ServerSearchCrashIndex, AnEmptyIndexFindsNothing) {
  Query query = QueryFor({});
  query.facets = {{FieldId::kSignature}};
  const SearchResult result = Search(query);
  EXPECT_EQ(result.total, 0U);
  EXPECT_THAT(result.hits, IsEmpty());
  ASSERT_THAT(result.facets, SizeIs(1));
  EXPECT_THAT(result.facets[0].terms, IsEmpty());
  EXPECT_FALSE(*index_->Get(TestUuid(1)));
  EXPECT_THAT(*index_->FindByMinidumpHash("ab"), IsEmpty());
}

TEST_P(ServerSearchCrashIndex, AHitHasTheColumnsAskedForInTheirOrder) {
  CrashRow row = TestRow(1);
  row.kind = CrashKind::kPing;
  row.release_channel = "it's \"nightly\"; \xc3\xa9";
  Add({row});
  Query query = QueryFor({});
  query.columns = {FieldId::kDate, FieldId::kSignature,      FieldId::kUuid,
                   FieldId::kKind, FieldId::kReleaseChannel, FieldId::kBuildId};
  EXPECT_THAT(Search(query).hits,
              ElementsAre(ElementsAre(Value(row.date_ms), Value("crash_here"), Value(row.uuid), Value("ping"),
                                      Value(row.release_channel), Value(std::monostate()))));
}

TEST_P(ServerSearchCrashIndex, AddingAgainAddsNothing) {
  const std::vector<CrashRow> rows = {TestRow(1), TestRow(2), TestRow(1)};
  Add(rows);
  Add(rows);
  Add({TestRow(2), TestRow(3)});
  EXPECT_EQ(Search(QueryFor({})).total, 3U);
}

TEST_P(ServerSearchCrashIndex, AReportAndAPingMayHaveTheSameId) {
  CrashRow ping = TestRow(1);
  ping.kind = CrashKind::kPing;
  Add({TestRow(1), ping});
  EXPECT_EQ(Search(QueryFor({})).total, 2U);
}

TEST_P(ServerSearchCrashIndex, AnnotationsAreSearchedShownAndCountedByTheirTypes) {
  const auto field = [](const char* name) { return FindField(name)->id; };
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 4; ++i) {
    rows.push_back(TestRow(i));
    rows.back().annotations = {{field("startup_crash"), static_cast<std::int64_t>(i % 2)},
                               {field("uptime_ts"), static_cast<double>(i) + 0.5},
                               {field("moz_crash_reason"), "reason " + std::to_string(i)},
                               {field("oom_allocation_size"), std::int64_t{1} << (50 + i)}};
    std::ranges::sort(rows.back().annotations, {}, &std::pair<FieldId, Value>::first);
  }
  rows[3].annotations.clear();
  Add(rows);
  const auto found = [&](const char* name, Operator op, Value operand) {
    std::vector<std::string> uuids =
        Uuids(QueryFor({{field(name), Combine::kAnyOf, {{op, std::move(operand)}}}}));
    std::ranges::sort(uuids);
    return uuids;
  };
  EXPECT_EQ(found("uptime_ts", Operator::kGreater, 1.0).size(), 2U);
  EXPECT_THAT(found("uptime_ts", Operator::kEquals, 1.5), ElementsAre(TestUuid(1)));
  EXPECT_THAT(found("startup_crash", Operator::kEquals, std::int64_t{1}), ElementsAre(TestUuid(1)));
  EXPECT_THAT(found("oom_allocation_size", Operator::kMatches, std::int64_t{1} << 52),
              ElementsAre(TestUuid(2)));
  EXPECT_THAT(found("moz_crash_reason", Operator::kContains, "reason 2"), ElementsAre(TestUuid(2)));
  EXPECT_THAT(found("uptime_ts", Operator::kIsAbsent, {}), ElementsAre(TestUuid(3)));
  Query query = QueryFor({{field("moz_crash_reason"), Combine::kAnyOf, {{Operator::kEndsWith, "2"}}}});
  query.columns = {field("startup_crash"), field("uptime_ts"), field("oom_allocation_size"),
                   field("abort_message")};
  query.facets = {{field("startup_crash")}};
  const SearchResult result = Search(query);
  EXPECT_THAT(result.hits, ElementsAre(ElementsAre(Value(std::int64_t{0}), Value(2.5),
                                                   Value(std::int64_t{1} << 52), Value())));
  ASSERT_THAT(result.facets[0].terms, SizeIs(1));
  EXPECT_EQ(result.facets[0].terms[0].term, Value(std::int64_t{0}));
  for (const Operator op : {Operator::kContains, Operator::kRegex}) {
    EXPECT_FALSE(index_->Search(QueryFor({{field("uptime_ts"), Combine::kAnyOf, {{op, "1"}}}})));
  }
  EXPECT_FALSE(index_->Search(
      QueryFor({{field("startup_crash"), Combine::kAnyOf, {{Operator::kLess, std::int64_t{1}}}}})));
}

TEST_P(ServerSearchCrashIndex, EachOperatorFindsWhatItShould) {
  const std::vector<std::string> signatures = {"alpha::Beta(int)", "beta", "Gamma | alpha", "delta_beta",
                                               "100% _x"};
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    CrashRow row = TestRow(i);
    ChangeInput(row, [&](SignatureInput::Parts& parts) {
      parts.signature.signature = signatures[i];
      parts.reason = "reason " + std::to_string(i);
    });
    Add({row});
  }
  const auto found = [&](Operator op, const std::string& operand, Combine combine = Combine::kAnyOf) {
    std::vector<std::size_t> numbers;
    const std::vector<std::string> uuids =
        Uuids(QueryFor({ClauseOf(FieldId::kSignature, op, operand, combine)}));
    for (std::size_t i = 0; i < signatures.size(); ++i) {
      if (std::ranges::find(uuids, TestUuid(i)) != uuids.end()) numbers.push_back(i);
    }
    return numbers;
  };
  EXPECT_THAT(found(Operator::kEquals, "beta"), ElementsAre(1U));
  EXPECT_THAT(found(Operator::kContains, "alpha"), ElementsAre(0U, 2U));
  EXPECT_THAT(found(Operator::kContains, "%"), ElementsAre(4U)) << "no wildcard";
  EXPECT_THAT(found(Operator::kContains, "_x"), ElementsAre(4U)) << "no wildcard";
  EXPECT_THAT(found(Operator::kStartsWith, "alpha"), ElementsAre(0U));
  EXPECT_THAT(found(Operator::kEndsWith, "alpha"), ElementsAre(2U));
  EXPECT_THAT(found(Operator::kRegex, ".*(Beta|Gamma).*"), ElementsAre(0U, 2U));
  EXPECT_THAT(found(Operator::kRegex, "bet"), IsEmpty()) << "over the whole value";
  EXPECT_THAT(found(Operator::kMatches, "BETA"), ElementsAre(0U, 1U))
      << "words, in either case; _ is part of a word";
  EXPECT_THAT(found(Operator::kMatches, "gamma delta_beta"), ElementsAre(2U, 3U)) << "any of the words";
  EXPECT_THAT(found(Operator::kMatches, "(|.*"), IsEmpty()) << "without a word";
  EXPECT_THAT(found(Operator::kEquals, "beta", Combine::kNoneOf), ElementsAre(0U, 2U, 3U, 4U));
}

TEST_P(ServerSearchCrashIndex, NamesMatchWholeInEitherCase) {
  CrashRow row = TestRow(1);
  row.product = "Crashy Editor";
  Add({row});
  EXPECT_EQ(Search(QueryFor({ClauseOf(FieldId::kProduct, Operator::kMatches, "crashy editor")})).total, 1U);
  EXPECT_EQ(Search(QueryFor({ClauseOf(FieldId::kProduct, Operator::kMatches, "crashy")})).total, 0U);
  EXPECT_EQ(Search(QueryFor({ClauseOf(FieldId::kProduct, Operator::kEquals, "crashy editor")})).total, 0U);
}

TEST_P(ServerSearchCrashIndex, AbsentValuesPassOnlyTheTestForAbsence) {
  CrashRow row = TestRow(1);
  row.product.clear();
  Add({row, TestRow(2)});
  const Clause absent{FieldId::kProduct, Combine::kAnyOf, {{Operator::kIsAbsent, {}}}};
  const Clause present{FieldId::kProduct, Combine::kNoneOf, {{Operator::kIsAbsent, {}}}};
  EXPECT_THAT(Uuids(QueryFor({absent})), ElementsAre(TestUuid(1)));
  EXPECT_THAT(Uuids(QueryFor({present})), ElementsAre(TestUuid(2)));
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kProduct, Operator::kStartsWith, "")})),
              ElementsAre(TestUuid(2)));
  EXPECT_THAT(Uuids(QueryFor({ClauseOf(FieldId::kProduct, Operator::kEquals, "Crashy", Combine::kNoneOf)})),
              ElementsAre(TestUuid(1)));
}

TEST_P(ServerSearchCrashIndex, ClausesMustAllHoldAndTestsAreCombined) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 4; ++i) {
    rows.push_back(TestRow(i));
    rows.back().version = i < 2 ? "1" : "2";
    rows.back().build_id = "2026110" + std::to_string(i);
  }
  Add(rows);
  const Clause versions{
      FieldId::kVersion, Combine::kAnyOf, {{Operator::kEquals, "1"}, {Operator::kEquals, "2"}}};
  const Clause neither{
      FieldId::kVersion, Combine::kNoneOf, {{Operator::kEquals, "1"}, {Operator::kEquals, "2"}}};
  const Clause builds{FieldId::kBuildId,
                      Combine::kAllOf,
                      {{Operator::kGreaterOrEqual, "20261101"}, {Operator::kLess, "20261103"}}};
  EXPECT_EQ(Search(QueryFor({versions})).total, 4U);
  EXPECT_EQ(Search(QueryFor({neither})).total, 0U);
  EXPECT_THAT(Uuids(QueryFor({versions, builds})), UnorderedElementsAre(TestUuid(1), TestUuid(2)));
  EXPECT_THAT(Uuids(QueryFor({builds, ClauseOf(FieldId::kVersion, Operator::kEquals, "2")})),
              ElementsAre(TestUuid(2)));
}

TEST_P(ServerSearchCrashIndex, TheWindowIsHalfOpenAndReachesOverWeeks) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 30; ++i) {
    rows.push_back(TestRow(i));
    rows.back().date_ms = kTestNowMs - static_cast<std::int64_t>(i) * kTestDayMs;
  }
  Add(rows);
  Query query = QueryFor({});
  query.window = {kTestNowMs - 10 * kTestDayMs, kTestNowMs};
  EXPECT_EQ(Search(query).total, 10U);
  query.window = {kTestNowMs, kTestNowMs};
  EXPECT_EQ(Search(query).total, 0U);
  query.window = {kTestNowMs, kTestNowMs + 1};
  EXPECT_THAT(Uuids(query), ElementsAre(TestUuid(0)));
  const Clause last_days{
      FieldId::kDate, Combine::kAllOf, {{Operator::kGreaterOrEqual, kTestNowMs - kTestDayMs}}};
  EXPECT_EQ(Search(QueryFor({last_days})).total, 2U);
}

TEST_P(ServerSearchCrashIndex, OnlyTheKindsOfTheQueryAreSeen) {
  CrashRow ping = TestRow(2);
  ping.kind = CrashKind::kPing;
  Add({TestRow(1), ping});
  Query query = QueryFor({});
  query.facets = {{FieldId::kKind}};
  query.kinds = {CrashKind::kReport};
  const SearchResult result = Search(query);
  EXPECT_EQ(result.total, 1U);
  ASSERT_THAT(result.facets[0].terms, SizeIs(1));
  EXPECT_EQ(result.facets[0].terms[0].term, Value("report"));
  query.kinds = {};
  EXPECT_EQ(Search(query).total, 0U);
}

TEST_P(ServerSearchCrashIndex, HitsAreSortedAndPaged) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 6; ++i) {
    rows.push_back(TestRow(i));
    rows.back().date_ms = kTestNowMs + static_cast<std::int64_t>(i);
    rows.back().version = i % 2 == 0 ? "a" : "b";
  }
  rows[5].version.clear();
  Add(rows);
  Query query = QueryFor({});
  EXPECT_THAT(Uuids(query),
              ElementsAre(TestUuid(5), TestUuid(4), TestUuid(3), TestUuid(2), TestUuid(1), TestUuid(0)));
  query.sort = {{FieldId::kVersion, false}};
  EXPECT_THAT(Uuids(query),
              ElementsAre(TestUuid(4), TestUuid(2), TestUuid(0), TestUuid(3), TestUuid(1), TestUuid(5)))
      << "absent values last, ties newest first";
  query.sort = {{FieldId::kVersion, true}, {FieldId::kDate, false}};
  query.hits_max = 3;
  query.hits_offset = 1;
  EXPECT_THAT(Uuids(query), ElementsAre(TestUuid(3), TestUuid(0), TestUuid(2)));
  query.hits_max = 0;
  EXPECT_EQ(Search(query).total, 6U);
  EXPECT_THAT(Search(query).hits, IsEmpty());
}

TEST_P(ServerSearchCrashIndex, ValuesAreNeverPartOfAStatement) {
  Add({TestRow(1), TestRow(2)});
  const std::vector<std::string> attacks = {"' OR 1=1 --",
                                            "'); DROP TABLE crashes; --",
                                            "\" OR \"\"=\"",
                                            "?",
                                            "$1",
                                            "%",
                                            "a\\'b",
                                            "x' UNION SELECT * FROM signatures --",
                                            std::string("a\0b", 3),
                                            "read_csv('/etc/passwd')"};
  for (const std::string& attack : attacks) {
    for (const Field& field : Fields()) {
      // Of the annotations one stands for all: they differ in nothing but the column.
      if (!IsText(field.type) || (!field.annotation.empty() && field.name != "moz_crash_reason")) continue;
      for (const Operator op : {Operator::kMatches, Operator::kContains}) {
        EXPECT_EQ(Search(QueryFor({ClauseOf(field.id, op, attack)})).total, 0U)
            << field.name << " " << attack;
      }
    }
  }
  std::vector<CrashRow> rows;
  for (const std::string& attack : attacks) {
    rows.push_back(TestRow(100 + rows.size()));
    rows.back().product = attack;
    ChangeInput(rows.back(), [&](SignatureInput::Parts& parts) {
      parts.signature.signature = attack;
      parts.reason = attack;
    });
  }
  Add(rows);
  for (const CrashRow& row : rows) {
    for (const FieldId field : {FieldId::kProduct, FieldId::kSignature, FieldId::kReason}) {
      EXPECT_THAT(Uuids(QueryFor({ClauseOf(field, Operator::kEquals, row.product)})), ElementsAre(row.uuid));
    }
  }
  EXPECT_EQ(Search(QueryFor({})).total, 2 + attacks.size());
}

TEST_P(ServerSearchCrashIndex, QueriesThatCannotBeRunAreBadValues) {
  Add({TestRow(1)});
  const std::vector<Clause> bad = {
      ClauseOf(FieldId::kSignature, Operator::kRegex, "(unclosed"),
      ClauseOf(FieldId::kSignature, Operator::kEquals, "\xff\xfe"),
      ClauseOf(FieldId::kSignature, Operator::kLess, "a"),
      ClauseOf(FieldId::kDate, Operator::kEquals, "2026-11-22"),
      {FieldId::kDate, Combine::kAnyOf, {{Operator::kEquals, std::int64_t{5}}}},
      {FieldId::kProduct, Combine::kAnyOf, {{Operator::kEquals, std::int64_t{5}}}},
      {FieldId::kProduct, Combine::kAnyOf, {}},
  };
  for (const Clause& clause : bad) {
    const auto result = index_->Search(QueryFor({clause}));
    ASSERT_FALSE(result) << FieldOf(clause.field).name;
    EXPECT_EQ(result.error().code, base::Code::kBadValue) << FieldOf(clause.field).name;
  }
}

TEST_P(ServerSearchCrashIndex, ARowWithABadIdIsRefusedWithItsBatch) {
  CrashRow bad = TestRow(2);
  bad.uuid = "../../etc/passwd";
  EXPECT_EQ(index_->Add(std::vector<CrashRow>{TestRow(1), bad}).error().code, base::Code::kBadValue);
  EXPECT_EQ(Search(QueryFor({})).total, 0U);
}

TEST_P(ServerSearchCrashIndex, TextThatIsNotUtf8IsMended) {
  CrashRow row = TestRow(1);
  row.product =
      "a\xff"
      "b";
  ChangeStack(row, [](std::vector<StackFrame>& frames) { frames[0].names[0].function = "\xc3"; });
  Add({row});
  Query query = QueryFor({});
  query.columns = {FieldId::kProduct};
  EXPECT_EQ(Search(query).hits[0][0], Value("a\xef\xbf\xbd"
                                            "b"));
}

TEST_P(ServerSearchCrashIndex, AReportAndItsPingAreFoundByTheirDump) {
  CrashRow report = TestRow(1);
  report.minidump_sha256_hash = std::string(64, 'a');
  CrashRow ping = TestRow(2);
  ping.kind = CrashKind::kPing;
  ping.minidump_sha256_hash = report.minidump_sha256_hash;
  ping.date_ms -= 20 * kTestDayMs;
  Add({report, ping, TestRow(3)});
  const auto found = index_->FindByMinidumpHash(report.minidump_sha256_hash);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].uuid, ping.uuid);
  EXPECT_EQ((*found)[0].kind, CrashKind::kPing);
  EXPECT_EQ((*found)[1].uuid, report.uuid);
  EXPECT_EQ((*found)[1].signature, "crash_here");
  EXPECT_THAT(*index_->FindByMinidumpHash(""), IsEmpty());
}

TEST_P(ServerSearchCrashIndex, ACrashIsGotWhateverDayItsIdNames) {
  CrashRow row = TestRow(1);
  CrashRow ping = TestRow(2);
  ping.kind = CrashKind::kPing;
  const std::string start = "01234567-89ab-4000-8000-0123450";
  row.uuid = start.substr(0, 30) + "261122";
  ping.uuid = start.substr(0, 29) + "7250101";
  CrashRow late = TestRow(3);  // Submitted long after its id was given.
  late.uuid = start.substr(0, 29) + "8250101";
  Add({row, ping, late});
  for (const CrashRow& added : {row, ping, late}) {
    const auto found = index_->Get(added.uuid);
    ASSERT_TRUE(found && *found) << added.uuid;
    EXPECT_EQ((*found)->kind, added.kind);
  }
}

TEST_P(ServerSearchCrashIndex, ACrashIsGotByItsIdInEitherCase) {
  CrashRow row = TestRow(0xabcdef);
  Add({row});
  std::string upper = row.uuid;
  std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  const auto found = index_->Get(upper);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->uuid, row.uuid);
  EXPECT_EQ((*found)->date_ms, row.date_ms);
  EXPECT_FALSE(*index_->Get("no uuid"));
  EXPECT_FALSE(*index_->Get(TestUuid(7)));
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchCrashIndex, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
