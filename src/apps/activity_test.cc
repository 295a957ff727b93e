// The way of counts from the edge's ledger into the index, with the real stores, wherever it is cut off.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <span>

#include "analysis/stats/error_aggregates.h"
#include "server/pings/edge_for_test.h"
#include "server/search/duckdb_index.h"

namespace cairn::apps {
namespace {

class ActivityTest : public ::testing::Test {
 protected:
  ActivityTest() { OpenIndex(); }

  void OpenIndex() {
    index_.reset();
    auto opened = search::DuckDbIndex::Open(edge_.folder.Path("index"));
    ASSERT_TRUE(opened);
    index_ = *std::move(opened);
  }

  // As after kill -9 of the server.
  void Restart() {
    edge_.Restart();
    OpenIndex();
  }

  void SendAndFold(int number) {
    const std::string client = "client " + std::to_string(number % 2);
    ASSERT_TRUE(edge_.spool->Append(pings::Submission(number, "main", pings::MainJson(60, client))));
    ASSERT_TRUE(pings::FoldOnce(edge_.Parts()));
  }

  base::Status HandOver() {
    return edge_.ledger->HandOver(
        [&](std::span<const stats::NumberedAggregate> sums) { return index_->AddActivity(sums); });
  }

  // The index takes the counts, and the ledger does not come to hear of it.
  void HandOverAndBeKilled() {
    EXPECT_FALSE(edge_.ledger->HandOver([&](std::span<const stats::NumberedAggregate> sums) -> base::Status {
      EXPECT_TRUE(index_->AddActivity(sums));
      return base::Error{base::Code::kIo, 0, "killed"};
    }));
    Restart();
  }

  stats::Measures Counted() {
    constexpr std::int64_t kDayMs = 86'400'000;
    const std::int64_t noon_ms = 1'795'348'800'000;  // When the pings come.
    const auto sums = index_->SumActivity({.window = {noon_ms - kDayMs, noon_ms + kDayMs}});
    EXPECT_TRUE(sums);
    return sums->empty() ? stats::Measures() : sums->front().measures;
  }

  // Of so many pings of the two clients.
  static stats::Measures Of(std::int64_t pings) {
    return {.count = pings, .sessions = pings, .clients = 2, .usage_seconds = 60 * pings};
  }

  pings::EdgeForTest edge_;
  std::unique_ptr<search::DuckDbIndex> index_;
};

TEST_F(ActivityTest, ACutBeforeTheIndexLosesNothing) {
  SendAndFold(1);
  SendAndFold(2);
  Restart();
  SendAndFold(3);
  Restart();
  ASSERT_TRUE(HandOver());
  EXPECT_EQ(Counted(), Of(3));
  Restart();
  ASSERT_TRUE(HandOver());
  EXPECT_EQ(Counted(), Of(3));
}

TEST_F(ActivityTest, ACutBehindTheIndexCountsNothingTwice) {
  SendAndFold(1);
  SendAndFold(2);
  HandOverAndBeKilled();
  EXPECT_EQ(Counted(), Of(2));
  SendAndFold(3);
  HandOverAndBeKilled();
  HandOverAndBeKilled();
  ASSERT_TRUE(HandOver());
  EXPECT_EQ(Counted(), Of(3));
}

TEST_F(ActivityTest, WhatIsSentTwiceCountsOnce) {
  for (int number = 1; number <= 3; ++number) SendAndFold(number);
  HandOverAndBeKilled();
  for (int number = 1; number <= 4; ++number) SendAndFold(number);
  ASSERT_TRUE(HandOver());
  EXPECT_EQ(Counted(), Of(4));
}

// The ledger of a backup numbers what comes as what the index has taken, but by another source.
TEST_F(ActivityTest, AnOlderLedgerThatIsPutBackCounts) {
  for (int number = 1; number <= 3; ++number) SendAndFold(number);
  ASSERT_TRUE(HandOver());
  edge_.spool.reset();
  edge_.ledger.reset();
  for (const char* const end : {"", "-wal", "-shm"}) {
    std::filesystem::remove(edge_.folder.Path(std::string("pings.sqlite") + end));
  }
  std::filesystem::remove_all(edge_.folder.Path("pings"));
  Restart();
  SendAndFold(4);
  ASSERT_TRUE(HandOver());
  EXPECT_EQ(Counted().count, 4);
}

}  // namespace
}  // namespace cairn::apps
