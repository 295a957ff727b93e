#include "server/search/duckdb_activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"
#include "server/search/files_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;
using ::testing::ElementsAre;

class ServerSearchDuckDbActivity : public ::testing::Test {
 protected:
  ServerSearchDuckDbActivity()
      : database_(DuckDatabase::Open("", {}, {})),
        connection_(database_->Connect()),
        activity_(folder_.Path("activity"), *connection_) {
    EXPECT_TRUE(activity_.Open());
  }

  static Activity PingOf(std::uint64_t number, std::int64_t date_ms) {
    return {.uuid = TestUuid(number),
            .date_ms = date_ms,
            .client = ClientToken("one"),
            .counts = {.main_crashes = 1}};
  }

  std::int64_t Number(const std::string& sql) {
    auto rows = connection_->Query(sql);
    EXPECT_TRUE(rows && rows->Next()) << sql;
    return rows->Integer(0);
  }

  TemporaryFolder folder_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
  DuckDbActivity activity_;
};

TEST_F(ServerSearchDuckDbActivity, ASettledWeekHasOneRowForEachSumAndNoIds) {
  ASSERT_TRUE(activity_.Add(std::vector<Activity>{PingOf(1, kTestNowMs)}));
  ASSERT_TRUE(
      activity_.Add(std::vector<Activity>{PingOf(2, kTestNowMs + 1), PingOf(3, kTestNowMs + kTestDayMs)}));
  EXPECT_EQ(Number("SELECT count(*) FROM activity_2026_11_16_0.sums"), 2);
  ASSERT_TRUE(activity_.Settle(kTestNowMs));
  EXPECT_EQ(Number("SELECT count(*) FROM activity_2026_11_16_0.sums"), 2) << "the week is not over";
  ASSERT_TRUE(activity_.Settle(kTestNowMs + kTestDayMs));
  EXPECT_TRUE(*activity_.RemoveRetired());
  EXPECT_THAT(DuckDbFilesIn(folder_.Path("activity")),
              ElementsAre("activity-2026-11-16.1.duckdb", "activity-2026-11-23.duckdb"));
  EXPECT_EQ(Number("SELECT count(*) FROM activity_2026_11_16_1.sums"), 1);
  EXPECT_EQ(Number("SELECT main_crashes FROM activity_2026_11_16_1.sums"), 2);
  EXPECT_EQ(Number("SELECT clients FROM activity_2026_11_16_1.sums"), 1);
  EXPECT_EQ(Number("SELECT count(*) FROM activity_2026_11_16_1.pings"), 0);
  EXPECT_EQ(Number("SELECT count(*) FROM activity_2026_11_16_1.clients"), 0);
  EXPECT_EQ(Number("SELECT count(*) FROM activity_2026_11_23_0.pings"), 1);
  ASSERT_TRUE(activity_.Settle(kTestNowMs + kTestDayMs));
  EXPECT_EQ(DuckDbFilesIn(folder_.Path("activity")).size(), 2U) << "it is settled already";
}

TEST_F(ServerSearchDuckDbActivity, AFailedBatchIsNotTakenForCounted) {
  ASSERT_TRUE(activity_.Add(std::vector<Activity>{PingOf(1, kTestNowMs)}));
  ASSERT_TRUE(connection_->Execute("ALTER TABLE activity_2026_11_16_0.clients RENAME TO elsewhere"));
  EXPECT_FALSE(activity_.Add(std::vector<Activity>{PingOf(2, kTestNowMs)}));
  ASSERT_TRUE(connection_->Execute("ALTER TABLE activity_2026_11_16_0.elsewhere RENAME TO clients"));
  ASSERT_TRUE(activity_.Add(std::vector<Activity>{PingOf(1, kTestNowMs), PingOf(2, kTestNowMs)}));
  EXPECT_EQ(Number("SELECT sum(pings)::BIGINT FROM activity_2026_11_16_0.sums"), 2);
}

}  // namespace
}  // namespace cairn::search
