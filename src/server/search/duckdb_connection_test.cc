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

TEST_F(ServerSearchDuckConnection, AppendedRowsKeepTheirValues) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE t (a BIGINT, b VARCHAR, c UUID, d BIGINT[], e DOUBLE)"));
  auto appender = DuckAppender::Create(*connection_, "", "t");
  ASSERT_TRUE(appender);
  const std::vector<std::int64_t> list = {1, 2, 3};
  appender->Integer(7).Text("text").Uuid({.lower = 2, .upper = 1}).Integers(list).Number(1.5).EndRow();
  appender->Integer(8).Text("").Uuid({.lower = ~0ULL, .upper = ~0ULL}).Integers({}).Number(0).EndRow();
  ASSERT_TRUE(appender->Finish());
  auto rows = connection_->Query("SELECT b, c::VARCHAR, d::VARCHAR, e::VARCHAR FROM t ORDER BY a");
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Text(0), "text");
  EXPECT_EQ(rows->Text(1), "00000000-0000-0001-0000-000000000002");
  EXPECT_EQ(rows->Text(2), "[1, 2, 3]");
  EXPECT_EQ(rows->Text(3), "1.5");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->At(0), Value(std::monostate()));
  EXPECT_EQ(rows->Text(1), "ffffffff-ffff-ffff-ffff-ffffffffffff");
  EXPECT_EQ(rows->Text(2), "[]");
}

TEST_F(ServerSearchDuckConnection, FailuresAreErrorsAndTheEnginesWordsAreHandedOn) {
  EXPECT_FALSE(connection_->Execute("SELECT * FROM no_such_table"));
  EXPECT_NE(message_.find("no_such_table"), std::string::npos);
  EXPECT_FALSE(connection_->Query("SELECT ?"));
  EXPECT_FALSE(connection_->Query("SELECT CAST('x' AS BIGINT)"));
  EXPECT_FALSE(DuckAppender::Create(*connection_, "", "no_such_table"));
  ASSERT_TRUE(connection_->Execute("CREATE TABLE t (a BIGINT)"));
  auto appender = DuckAppender::Create(*connection_, "", "t");
  ASSERT_TRUE(appender);
  appender->Text("no number").EndRow();
  EXPECT_FALSE(appender->Finish());
}

TEST_F(ServerSearchDuckConnection, AListIsOneParameter) {
  const std::vector<std::string> texts = {"b", "it's", "c"};
  auto rows = connection_->QueryWithList("SELECT unnest(CAST(? AS VARCHAR[])) AS text ORDER BY text", texts);
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Text(0), "b");
}

TEST(ServerSearchQuoteSql, AQuoteDoesNotEndTheText) { EXPECT_EQ(QuoteSql("it's"), "'it''s'"); }

}  // namespace
}  // namespace cairn::search
