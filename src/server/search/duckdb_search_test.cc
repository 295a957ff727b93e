#include "server/search/duckdb_search.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

// What searches find is the contract's: crash_index_test.cc.
TEST(ServerSearchDuckDbSearch, WithoutFilesNothingIsFoundAndMistakesAreStillTold) {
  const auto database = DuckDatabase::Open("", {}, {});
  ASSERT_TRUE(database);
  auto connection = database->Connect();
  ASSERT_TRUE(connection);
  DuckDbFunctions functions;
  Query query;
  query.facets = {{FieldId::kProduct}};
  const auto nothing = SearchFiles(*connection, functions, query, "memory", {});
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->total, 0U);
  ASSERT_EQ(nothing->facets.size(), 1U);
  EXPECT_EQ(nothing->facets[0].aggregation.field, FieldId::kProduct);
  query.clauses = {{FieldId::kProduct, Combine::kAllOf, {{Operator::kRegex, std::string("(")}}}};
  EXPECT_EQ(SearchFiles(*connection, functions, query, "memory", {}).error().code, base::Code::kBadValue);
}

}  // namespace
}  // namespace cairn::search
