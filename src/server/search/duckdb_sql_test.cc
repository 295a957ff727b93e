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

TEST(ServerSearchDuckDbSql, ValuesAreParametersInTheOrderOfTheirMarks) {
  Query query;
  query.window = {5, 6};
  query.clauses = {
      {FieldId::kProduct, Combine::kAnyOf, {{Operator::kEquals, "it's"}, {Operator::kContains, "a?b"}}}};
  const auto statements = MakeSearchStatements(query, "dictionary_0", kFiles);
  ASSERT_TRUE(statements);
  const std::vector<Value> expected = {std::int64_t{5}, std::int64_t{6}, "it's", "a?b"};
  EXPECT_EQ(statements->total.parameters, expected);
  EXPECT_EQ(std::ranges::count(statements->total.sql, '?'), 4);
  EXPECT_EQ(statements->total.sql.find("it's"), std::string::npos);
}

TEST(ServerSearchDuckDbSql, SignaturesAreJoinedOnlyWhereTheyAreRead) {
  Query query;
  query.columns = {FieldId::kUuid};
  query.facets = {FieldId::kProduct, FieldId::kSignature};
  const auto statements = MakeSearchStatements(query, "dictionary_0", kFiles);
  ASSERT_TRUE(statements);
  const auto joins = [](const Statement& statement) {
    return statement.sql.find("JOIN") != std::string::npos;
  };
  EXPECT_FALSE(joins(statements->total));
  EXPECT_FALSE(joins(statements->hits));
  EXPECT_FALSE(joins(statements->facets[0]));
  EXPECT_TRUE(joins(statements->facets[1]));
  query.sort = {{FieldId::kSignature, false}};
  EXPECT_TRUE(joins(MakeSearchStatements(query, "dictionary_0", kFiles)->hits));
}

TEST(ServerSearchDuckDbSql, EveryFileIsASourceWithItsKindAndAllColumns) {
  const std::string source = CrashSource(kFiles);
  EXPECT_NE(source.find("'report' AS kind, uuid, date_ms, "), std::string::npos);
  EXPECT_NE(source.find("a_moz_crash_reason"), std::string::npos);
  EXPECT_NE(source.find(" FROM report_2026_11_16_0.crashes"), std::string::npos);
  EXPECT_NE(source.find(" FROM ping_2026_11_16_0.crashes"), std::string::npos);
}

}  // namespace
}  // namespace cairn::search
