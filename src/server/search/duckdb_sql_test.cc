#include "server/search/duckdb_sql.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

const std::vector<DuckDbWeeks::File> kFiles = {{CrashKind::kReport, 2968, "report_2026_11_16"},
                                               {CrashKind::kPing, 2968, "ping_2026_11_16"}};

TEST(ServerSearchDuckDbSql, ValuesAreParametersInTheOrderOfTheirMarks) {
  Query query;
  query.window = {5, 6};
  query.clauses = {
      {FieldId::kProduct, Combine::kAnyOf, {{Operator::kEquals, "it's"}, {Operator::kContains, "a?b"}}}};
  const auto statements = MakeSearchStatements(query, kFiles);
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
  const auto statements = MakeSearchStatements(query, kFiles);
  ASSERT_TRUE(statements);
  const auto joins = [](const Statement& statement) {
    return statement.sql.find("JOIN") != std::string::npos;
  };
  EXPECT_FALSE(joins(statements->total));
  EXPECT_FALSE(joins(statements->hits));
  EXPECT_FALSE(joins(statements->facets[0]));
  EXPECT_TRUE(joins(statements->facets[1]));
  query.sort = {{FieldId::kSignature, false}};
  EXPECT_TRUE(joins(MakeSearchStatements(query, kFiles)->hits));
}

TEST(ServerSearchDuckDbSql, EveryFileIsASourceWithItsKind) {
  const std::string source = CrashSource(kFiles);
  EXPECT_NE(source.find("'report' AS kind, * FROM report_2026_11_16.crashes"), std::string::npos);
  EXPECT_NE(source.find("'ping' AS kind, * FROM ping_2026_11_16.crashes"), std::string::npos);
}

}  // namespace
}  // namespace cairn::search
