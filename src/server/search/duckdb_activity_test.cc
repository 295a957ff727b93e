#include "server/search/duckdb_activity.h"

#include <gtest/gtest.h>

#include <optional>

#include "server/search/crash_rows_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;

constexpr std::int64_t kWindowMs = kTestNowMs - kTestNowMs % stats::kWindowMs;

class ServerSearchDuckDbActivity : public ::testing::Test {
 protected:
  ServerSearchDuckDbActivity()
      : database_(DuckDatabase::Open("", {}, {})), connection_(database_->Connect()) {
    Reopen();
  }

  // A new object over the same files.
  void Reopen() {
    activity_.emplace(folder_.Path("activity"), *connection_);
    EXPECT_TRUE(activity_->Open());
  }

  base::Status Add(std::int64_t window_ms, const std::string& product = "Crashy") {
    const std::vector<stats::NumberedAggregate> sums = {{.source = 1,
                                                         .number = ++number_,
                                                         .aggregate = {.window_start_ms = window_ms,
                                                                       .dimensions = {.application = product},
                                                                       .measures = {.count = 1}}}};
    return activity_->Add(sums);
  }

  std::int64_t Number(const std::string& select) {
    auto rows = connection_->Query("SELECT CAST(" + select + " AS BIGINT) FROM activity_2026_11_16_0.sums");
    EXPECT_TRUE(rows && rows->Next()) << select;
    return rows->Integer(0);
  }

  TemporaryFolder folder_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
  std::optional<DuckDbActivity> activity_;
  std::int64_t number_ = 0;
};

TEST_F(ServerSearchDuckDbActivity, FiveMinutesThatAreOverHaveOneRowForEachSum) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Add(kWindowMs));
  ASSERT_TRUE(Add(kWindowMs, "Editor"));
  EXPECT_EQ(Number("count(*)"), 4) << "more may come";
  ASSERT_TRUE(Add(kWindowMs + stats::kWindowMs));
  EXPECT_EQ(Number("count(*)"), 3);
  EXPECT_EQ(Number("sum(pings)"), 5);
  // What is late is added; what was left when the program ended is added up by the next.
  ASSERT_TRUE(Add(kWindowMs));
  ASSERT_TRUE(Add(kWindowMs + stats::kWindowMs));
  EXPECT_EQ(Number("count(*)"), 5);
  Reopen();
  ASSERT_TRUE(Add(kWindowMs + 2 * stats::kWindowMs));
  EXPECT_EQ(Number("count(*)"), 5);
  EXPECT_EQ(Number("sum(pings)"), 8);
}

TEST_F(ServerSearchDuckDbActivity, WhatFailsIsNotTakenForCounted) {
  ASSERT_TRUE(Add(kWindowMs));
  // In the way of the last step of the next call.
  ASSERT_TRUE(connection_->Execute("CREATE TEMP VIEW added_up AS SELECT 1"));
  EXPECT_FALSE(Add(kWindowMs + stats::kWindowMs));
  EXPECT_EQ(Number("sum(pings)"), 1);
  ASSERT_TRUE(connection_->Execute("DROP VIEW added_up"));
  --number_;
  ASSERT_TRUE(Add(kWindowMs + stats::kWindowMs));
  EXPECT_EQ(Number("sum(pings)"), 2);
}

}  // namespace
}  // namespace cairn::search
