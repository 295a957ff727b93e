#include "server/search/duckdb_alike.h"

#include <gtest/gtest.h>

#include "server/search/duckdb_schema.h"

namespace cairn::search {
namespace {

// What is found is the contract's: crash_index_inputs_test.cc.
TEST(ServerSearchDuckDbAlike, AnEmptyDictionaryHasNothingAlike) {
  const auto database = DuckDatabase::Open("", {}, {});
  ASSERT_TRUE(database);
  auto connection = database->Connect();
  ASSERT_TRUE(connection && connection->Execute(DictionarySchema("memory")));
  const auto alike = FindAlikeIn(*connection, {.catalog = "memory"}, {.signature = "crash_here"});
  ASSERT_TRUE(alike);
  EXPECT_TRUE(alike->of_signature.empty());
  EXPECT_TRUE(alike->of_others.empty());
}

}  // namespace
}  // namespace cairn::search
