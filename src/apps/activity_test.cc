// The way of counts from the edge's ledger into the index, with the real stores, wherever it is cut off.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/stats/error_aggregates.h"
#include "server/pings/edge_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/worker/ping_reader.h"

namespace cairn::apps {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kNoonMs = 1'795'348'800'000;  // When the pings come.

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
    const auto sums = index_->SumActivity({.window = {kNoonMs - kDayMs, kNoonMs + kDayMs}});
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

// A rate divides crashes by usage: of a ping that counts as both, row and sum must name one system and one
// channel.
TEST_F(ActivityTest, UsageAndCrashesNameOneSystemAndOneChannel) {
  struct Case {
    std::string product, os, platform;
  };
  const std::vector<Case> cases = {{"App", "Windows_NT", "Windows NT"}, {"App", "WINNT 6.1", "Windows NT"},
                                   {"App", "Darwin", "Mac OS X"},       {"App", "Linux", "Linux"},
                                   {"App", "FreeBSD", "Linux"},         {"Fennec", "Linux", "Android"},
                                   {"App", "Android", "Android"},       {"App", "iOS", "iOS"}};
  int number = 0;
  for (const auto& [product, os, platform] : cases) {
    const std::string json = R"({"version":4,"application":{"name":")" + product +
                             R"(","channel":"nightly-cck-x"},"environment":{"system":)" +
                             R"({"os":{"name":")" + os +
                             R"("}}},"payload":{"info":{"subsessionLength":60}}})";
    ASSERT_TRUE(edge_.spool->Append(pings::Submission(++number, "main", json)));
    const auto ping = worker::ReadPing(json);
    ASSERT_TRUE(ping);
    EXPECT_EQ(model::OsName(ping->report.system.os), platform) << product << " on " << os;
    EXPECT_EQ(ping->facts.release_channel, "nightly-cck-x");
  }
  ASSERT_TRUE(pings::FoldOnce(edge_.Parts()));
  ASSERT_TRUE(HandOver());
  std::map<std::string, std::int64_t> expected;
  for (const Case& one : cases) ++expected[one.platform];
  for (const auto& [platform, count] : expected) {
    const auto sums =
        index_->SumActivity({.window = {kNoonMs - kDayMs, kNoonMs + kDayMs},
                             .filters = {{search::ActivityDimension::kPlatform, platform},
                                         {search::ActivityDimension::kReleaseChannel, "nightly-cck-x"}}});
    ASSERT_EQ(sums->size(), 1u) << platform;
    EXPECT_EQ(sums->front().measures.count, count) << platform;
  }
}

}  // namespace
}  // namespace cairn::apps
