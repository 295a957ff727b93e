#include "server/search/duckdb_sql.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

DuckDbCrashes::File FileOf(CrashKind kind, const std::string& catalog) {
  return {kind, 2968,
          std::make_shared<DuckDbFile>(DuckDbFile{.stem = catalog, .catalog = catalog, .path = ""})};
}

const std::vector<DuckDbCrashes::File> kFiles = {FileOf(CrashKind::kReport, "report_2026_11_16_0"),
                                                 FileOf(CrashKind::kPing, "ping_2026_11_16_0")};
const std::string kDictionary = "dictionary_0";

TEST(ServerSearchDuckDbSql, ValuesAreParametersInTheOrderOfTheirMarks) {
  Query query;
  query.window = {5, 6};
  query.clauses = {
      {FieldId::kProduct, Combine::kAnyOf, {{Operator::kEquals, "it's"}, {Operator::kContains, "a?b"}}}};
  const auto condition = MakeCondition(query);
  ASSERT_TRUE(condition);
  const Statement total = TotalStatement(query, {kDictionary, kFiles, *condition});
  const std::vector<Value> expected = {std::int64_t{5}, std::int64_t{6}, "it's", "a?b"};
  EXPECT_EQ(total.parameters, expected);
  EXPECT_EQ(std::ranges::count(total.sql, '?'), 4);
  EXPECT_EQ(total.sql.find("it's"), std::string::npos);
}

TEST(ServerSearchDuckDbSql, SignaturesAreJoinedOnlyWhereTheyAreRead) {
  Query query;
  query.columns = {FieldId::kUuid};
  const auto condition = MakeCondition(query);
  const CrashSelection selection{kDictionary, kFiles, *condition};
  const auto joins = [](const Statement& statement) {
    return statement.sql.find("JOIN") != std::string::npos;
  };
  EXPECT_FALSE(joins(TotalStatement(query, selection)));
  EXPECT_FALSE(joins(HitsStatement(query, selection)));
  query.sort = {{FieldId::kSignature, false}};
  EXPECT_TRUE(joins(HitsStatement(query, selection)));
}

TEST(ServerSearchDuckDbSql, EveryFileIsASourceWithItsKindAndTheColumnsThatAreRead) {
  const std::string source = CrashSource(kFiles, "c.uuid, c.date_ms");
  EXPECT_NE(source.find("SELECT 'report' AS kind, uuid, date_ms FROM report_2026_11_16_0.crashes"),
            std::string::npos)
      << source;
  EXPECT_NE(source.find("SELECT 'ping' AS kind, uuid, date_ms FROM ping_2026_11_16_0.crashes"),
            std::string::npos)
      << source;
  EXPECT_EQ(CrashSource(kFiles, "c.version").find("platform_version"), std::string::npos);
  EXPECT_NE(CrashSource(kFiles, "c.a_moz_crash_reason = ?").find("a_moz_crash_reason"), std::string::npos);
}

}  // namespace
}  // namespace cairn::search
