#include "server/search/duckdb_connection.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

class ServerSearchDuckConnection : public ::testing::Test {
 protected:
  ServerSearchDuckConnection()
      : database_(DuckDatabase::Open("", {}, [this](std::string_view text) { message_ = text; })),
        connection_(database_->Connect()) {}

  std::string message_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
};

TEST_F(ServerSearchDuckConnection, RowsOfManyChunksAreRead) {
  auto rows =
      connection_->Query("SELECT i::BIGINT, 'a rather long text ' || i FROM range(5000) t(i) ORDER BY i");
  ASSERT_TRUE(rows);
  std::int64_t count = 0;
  while (rows->Next()) {
    EXPECT_EQ(rows->Integer(0), count);
    EXPECT_EQ(rows->Text(1), "a rather long text " + std::to_string(count));
    ++count;
  }
  EXPECT_EQ(count, 5000);
  EXPECT_FALSE(rows->Next());
}

TEST_F(ServerSearchDuckConnection, ParametersKeepEveryByte) {
  const std::string text("'?\0\"\xc3\xa9", 6);
  const std::vector<Value> parameters = {text, std::int64_t{-5}, std::monostate()};
  auto rows =
      connection_->Query("SELECT CAST(? AS VARCHAR), CAST(? AS BIGINT), CAST(? AS VARCHAR)", parameters);
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->At(0), Value(text));
  EXPECT_EQ(rows->At(1), Value(std::int64_t{-5}));
  EXPECT_EQ(rows->At(2), Value(std::monostate()));
}

TEST_F(ServerSearchDuckConnection, FailuresAreErrorsAndTheEnginesWordsAreHandedOn) {
  EXPECT_FALSE(connection_->Execute("SELECT * FROM no_such_table"));
  EXPECT_NE(message_.find("no_such_table"), std::string::npos);
  EXPECT_FALSE(connection_->Query("SELECT ?"));
  EXPECT_FALSE(connection_->Query("SELECT CAST('x' AS BIGINT)"));
}

TEST_F(ServerSearchDuckConnection, AListIsOneParameter) {
  const std::vector<std::string> texts = {"b", "it's", "c"};
  auto rows = connection_->QueryWithList("SELECT unnest(CAST(? AS VARCHAR[])) AS text ORDER BY text", texts);
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Text(0), "b");
  const std::vector<std::int64_t> numbers = {3, -1};
  auto sum = connection_->QueryWithList("SELECT list_sum(CAST(? AS BIGINT[]))::BIGINT", numbers);
  ASSERT_TRUE(sum && sum->Next());
  EXPECT_EQ(sum->Integer(0), 2);
}

TEST_F(ServerSearchDuckConnection, EveryKindOfValueIsRead) {
  const std::vector<Value> parameters = {2.5};
  auto rows = connection_->Query(
      "SELECT ?::DOUBLE, true, NULL::BOOLEAN, CAST('80000000-0000-0001-0000-00000000002a' AS UUID)",
      parameters);
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Number(0), 2.5);
  EXPECT_EQ(rows->At(1), Value(std::int64_t{1}));
  EXPECT_EQ(rows->At(2), Value());
  EXPECT_EQ(rows->Id(3), (Uuid{0x8000'0000'0000'0001, 42}));
}

TEST_F(ServerSearchDuckConnection, ATransactionIsWholeOrNothing) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE t (a BIGINT)"));
  const auto insert = [&] { return connection_->Execute("INSERT INTO t VALUES (1)"); };
  EXPECT_TRUE(connection_->InTransaction(insert));
  EXPECT_FALSE(connection_->InTransaction([&]() -> base::Status {
    RETURN_IF_ERROR(insert());
    return base::Error{base::Code::kBadValue, 0, "second thoughts"};
  }));
  auto rows = connection_->Query("SELECT count(*) FROM t");
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Integer(0), 1);
}

TEST(ServerSearchQuoteSql, AQuoteDoesNotEndTheText) { EXPECT_EQ(QuoteSql("it's"), "'it''s'"); }

}  // namespace
}  // namespace cairn::search
