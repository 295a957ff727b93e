#include "server/search/duckdb_sql.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "server/search/week.h"

namespace cairn::search {
namespace {

DuckDbCrashes::File FileOf(CrashKind kind, const std::string& catalog) {
  return {kind, 2968,
          std::make_shared<DuckDbFile>(DuckDbFile{.stem = catalog, .catalog = catalog, .path = ""})};
}

const std::vector<DuckDbCrashes::File> kFiles = {FileOf(CrashKind::kReport, "report_2026_11_16_0"),
                                                 FileOf(CrashKind::kPing, "ping_2026_11_16_0")};
const std::vector<CrashPart> kParts = PartsOf(kFiles);
const std::string kDictionary = "dictionary_0";

TEST(ServerSearchDuckDbSql, ValuesAreParametersInTheOrderOfTheirMarks) {
  Query query;
  query.clauses = {
      {FieldId::kProduct, Combine::kAnyOf, {{Operator::kEquals, "it's"}, {Operator::kContains, "a?b"}}}};
  const auto conditions = MakeConditions(query);
  ASSERT_TRUE(conditions);
  DuckDbFunctions functions;
  const Statement total = TotalStatement(query, {kDictionary, kParts, conditions->crashes, "1", functions});
  const std::vector<Value> expected = {"it's", "a?b"};
  EXPECT_EQ(total.parameters, expected);
  EXPECT_EQ(std::ranges::count(total.sql, '?'), 2);
  EXPECT_EQ(total.sql.find("it's"), std::string::npos);
}

TEST(ServerSearchDuckDbSql, SignaturesAreJoinedOnlyWhereTheyAreRead) {
  Query query;
  query.columns = {FieldId::kUuid};
  const Statement all{"true", {}};
  DuckDbFunctions functions;
  const CrashSelection selection{kDictionary, kParts, all, "1", functions};
  const auto joins = [](const Statement& statement) {
    return statement.sql.find("JOIN") != std::string::npos;
  };
  EXPECT_FALSE(joins(TotalStatement(query, selection)));
  EXPECT_FALSE(joins(HitsStatement(query, selection)));
  query.sort = {{FieldId::kSignature, false}};
  EXPECT_TRUE(joins(HitsStatement(query, selection)));
}

TEST(ServerSearchDuckDbSql, OnlyWhatTheWindowCutsIsAskedForItsDates) {
  const std::int64_t start = StartOfWeek(2968);
  EXPECT_EQ(PartsWithin(kFiles, {start, start + kWeekMs})[0].rows, "");
  EXPECT_EQ(PartsWithin(kFiles, {start + 1, start + kWeekMs})[0].rows,
            "date_ms >= " + std::to_string(start + 1));
  EXPECT_EQ(PartsWithin(kFiles, {start + 1, start + 5})[1].rows,
            "date_ms >= " + std::to_string(start + 1) + " AND date_ms < " + std::to_string(start + 5));
}

TEST(ServerSearchDuckDbSql, ThreadsAreNotReadWhereThereAreNone) {
  std::vector<CrashPart> parts = kParts;
  parts[1].has_threads = false;
  const std::string source = CrashSource(parts, "c.thread_stack_numbers");
  EXPECT_NE(source.find("kind, thread_stack_numbers FROM report"), std::string::npos) << source;
  EXPECT_NE(source.find("kind, CAST(NULL AS BIGINT[]) AS thread_stack_numbers FROM ping"), std::string::npos)
      << source;
}

TEST(ServerSearchDuckDbSql, EveryFileIsASourceWithItsKindAndTheColumnsThatAreRead) {
  const std::string source = CrashSource(kParts, "c.uuid, c.date_ms");
  EXPECT_NE(source.find("SELECT 'report' AS kind, uuid, date_ms FROM report_2026_11_16_0.crashes"),
            std::string::npos)
      << source;
  EXPECT_NE(source.find("SELECT 'ping' AS kind, uuid, date_ms FROM ping_2026_11_16_0.crashes"),
            std::string::npos)
      << source;
  EXPECT_EQ(PlaceOf((std::int64_t{3} << 40) + 77).part, 3);
  EXPECT_EQ(PlaceOf((std::int64_t{3} << 40) + 77).row, 77);
  EXPECT_EQ(CrashSource(kParts, "c.version").find("platform_version"), std::string::npos);
  EXPECT_NE(CrashSource(kParts, "c.a_moz_crash_reason = ?").find("a_moz_crash_reason"), std::string::npos);
}

}  // namespace
}  // namespace cairn::search
