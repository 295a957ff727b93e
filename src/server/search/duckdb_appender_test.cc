#include "server/search/duckdb_appender.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

class ServerSearchDuckAppender : public ::testing::Test {
 protected:
  ServerSearchDuckAppender() : database_(DuckDatabase::Open("", {}, {})), connection_(database_->Connect()) {}

  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
};

TEST_F(ServerSearchDuckAppender, RowsKeepTheirValues) {
  ASSERT_TRUE(
      connection_->Execute("CREATE TABLE t (a BIGINT, b VARCHAR, c UUID, d BIGINT[], e DOUBLE, f BOOLEAN)"));
  auto appender = DuckAppender::Create(*connection_, "", "t");
  ASSERT_TRUE(appender);
  const std::vector<std::int64_t> list = {1, 2, 3};
  appender->Integer(7).Text("text").Id({1, 2}).Integers(list).Number(1.5).Boolean(true).EndRow();
  appender->Integer(8).Text("").Id({~0ULL, ~0ULL}).Integers({}).Number(0).Absent().EndRow();
  ASSERT_TRUE(appender->Finish());
  auto rows = connection_->Query("SELECT b, c::VARCHAR, d::VARCHAR, e::VARCHAR, f, c FROM t ORDER BY a");
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Text(0), "text");
  EXPECT_EQ(rows->Text(1), "00000000-0000-0001-0000-000000000002");
  EXPECT_EQ(rows->Text(2), "[1, 2, 3]");
  EXPECT_EQ(rows->Text(3), "1.5");
  EXPECT_EQ(rows->At(4), Value(std::int64_t{1}));
  EXPECT_EQ(rows->Id(5), (Uuid{1, 2}));
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->At(0), Value(std::monostate()));
  EXPECT_EQ(rows->Text(1), "ffffffff-ffff-ffff-ffff-ffffffffffff");
  EXPECT_EQ(rows->Text(2), "[]");
  EXPECT_EQ(rows->At(4), Value(std::monostate()));
}

TEST_F(ServerSearchDuckAppender, ManyChunksKeepTextsListsAndAbsences) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE t (a BIGINT, b VARCHAR, c BIGINT[])"));
  auto appender = DuckAppender::Create(*connection_, "", "t");
  ASSERT_TRUE(appender);
  constexpr std::int64_t kRows = 5000;
  for (std::int64_t i = 0; i < kRows; ++i) {
    const std::vector<std::int64_t> list(static_cast<std::size_t>(i % 4), i);
    appender->Integer(i).Text(i % 3 == 0 ? "" : "a text that is not short " + std::to_string(i));
    i % 5 == 0 ? appender->Absent() : appender->Integers(list);
    appender->EndRow();
  }
  ASSERT_TRUE(appender->Finish());
  auto rows = connection_->Query("SELECT a, b, len(c), list_sum(c)::BIGINT FROM t ORDER BY a");
  ASSERT_TRUE(rows);
  for (std::int64_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(rows->Next());
    EXPECT_EQ(rows->Integer(0), i);
    EXPECT_EQ(rows->Text(1), i % 3 == 0 ? "" : "a text that is not short " + std::to_string(i));
    EXPECT_EQ(rows->At(2), i % 5 == 0 ? Value() : Value(i % 4));
    EXPECT_EQ(rows->Integer(3), i % 5 == 0 ? 0 : i % 4 * i);
  }
}

TEST_F(ServerSearchDuckAppender, NamedColumnsAreGivenAndTheOthersAbsent) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE t (a BIGINT, b VARCHAR, c VARCHAR)"));
  const std::vector<std::string> columns = {"c", "a"};
  auto appender = DuckAppender::Create(*connection_, "", "t", columns);
  ASSERT_TRUE(appender);
  appender->Text("third").Integer(1).EndRow();
  ASSERT_TRUE(appender->Finish());
  auto rows = connection_->Query("SELECT a, b, c FROM t");
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->At(0), Value(std::int64_t{1}));
  EXPECT_EQ(rows->At(1), Value());
  EXPECT_EQ(rows->At(2), Value("third"));
}

TEST_F(ServerSearchDuckAppender, RowsOfAnotherFormAreErrors) {
  EXPECT_FALSE(DuckAppender::Create(*connection_, "", "no_such_table"));
  ASSERT_TRUE(connection_->Execute("CREATE TABLE t (a BIGINT, b BIGINT)"));
  const std::vector<std::string> no_such_column = {"z"};
  EXPECT_FALSE(DuckAppender::Create(*connection_, "", "t", no_such_column));
  const auto fails = [&](const auto& append) {
    auto appender = DuckAppender::Create(*connection_, "", "t");
    append(*appender);
    return !appender->Finish();
  };
  EXPECT_TRUE(fails([](DuckAppender& rows) { rows.Integer(1).Text("no number").EndRow(); }));
  EXPECT_TRUE(fails([](DuckAppender& rows) { rows.Integer(1).EndRow(); }));
  EXPECT_TRUE(fails([](DuckAppender& rows) { rows.Integer(1).Integer(2).Integer(3).EndRow(); }));
  auto rows = connection_->Query("SELECT count(*) FROM t");
  ASSERT_TRUE(rows && rows->Next());
  EXPECT_EQ(rows->Integer(0), 0);
}

}  // namespace
}  // namespace cairn::search
