#include "server/search/duckdb_select.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

class ServerSearchDuckSelect : public ::testing::Test {
 protected:
  std::variant<std::vector<SelectColumn>, std::string> Inspect(const std::string& sql) {
    return InspectSelect(*connection_, sql);
  }

  base::Result<DuckDatabase> database_ = DuckDatabase::Open("", {}, {});
  base::Result<DuckConnection> connection_ = database_->Connect();
};

TEST_F(ServerSearchDuckSelect, ColumnsHaveTheirNamesAndTypes) {
  const auto inspected = Inspect(
      "SELECT 1 AS a, 'x' AS b, 0.5 AS c, true AS d, TIMESTAMP '2026-11-22' AS e, [1] AS f, 1::HUGEINT AS g");
  const auto* const columns = std::get_if<std::vector<SelectColumn>>(&inspected);
  ASSERT_NE(columns, nullptr);
  std::string text;
  for (const SelectColumn& column : *columns) text += column.name + " " + std::string(column.type) + " ";
  EXPECT_EQ(text, "a integer b text c number d boolean e timestamp f text g number ");
}

TEST_F(ServerSearchDuckSelect, WhatIsNotOneReadingStatementHasASentence) {
  for (const char* const sql : {"", "nonsense", "SELECT 1; SELECT 2", "CREATE TABLE t (a INT)",
                                "SET threads = 1", "EXPLAIN SELECT 1", "SELECT ?", "SELECT * FROM nothing"}) {
    const auto inspected = Inspect(sql);
    const auto* const sentence = std::get_if<std::string>(&inspected);
    ASSERT_NE(sentence, nullptr) << sql;
    EXPECT_FALSE(sentence->empty()) << sql;
  }
}

}  // namespace
}  // namespace cairn::search
