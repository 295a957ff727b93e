#include "server/processor/index_batcher.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "os/clock.h"
#include "server/processor/index_for_test.h"
#include "server/store/sqlite_queue.h"

namespace cairn::processor {
namespace {

class IndexBatcherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "batcher_" + std::to_string(getpid()) + ".sqlite";
    auto queue = store::SqliteQueue::Open(path_);
    ASSERT_TRUE(queue);
    queue_ = *std::move(queue);
  }
  void TearDown() override {
    queue_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }

  void Add(IndexBatcher& batcher, const std::string& id, const std::string& set_aside_reason = "") {
    ASSERT_TRUE(queue_->Push({"report", id}));
    const auto claims = queue_->Claim("report", 1, 60'000);
    ASSERT_TRUE(claims);
    ASSERT_EQ(claims->size(), 1u);
    search::CrashRow row;
    row.uuid = id;
    batcher.Add({.rows = {row}, .claim = claims->at(0), .set_aside_reason = set_aside_reason});
  }

  std::string path_;
  std::unique_ptr<store::SqliteQueue> queue_;
  IndexForTest index_;
};

TEST_F(IndexBatcherTest, WhatComesTogetherIsCommittedTogetherAndThenForgotten) {
  {
    IndexBatcher batcher(index_, *queue_);
    for (int i = 0; i < 20; ++i) Add(batcher, "crash" + std::to_string(i));
  }
  EXPECT_EQ(index_.rows().size(), 20u);
  EXPECT_LT(index_.commits, 20);
  EXPECT_EQ(queue_->Count("report")->claimed, 0u);
}

// Two such rows fill a batch.
TEST_F(IndexBatcherTest, ABatchIsFullOfTheFramesOfThreadsAsWell) {
  const search::SharedStack stack = search::MakeStack(std::vector<search::StackFrame>(kBatchFramesMax / 200));
  {
    IndexBatcher batcher(index_, *queue_);
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(queue_->Push({"report", std::to_string(i)}));
      const auto claims = queue_->Claim("report", 1, 60'000);
      search::CrashRow row;
      row.uuid = std::to_string(i);
      row.other_threads.assign(100, stack);
      batcher.Add({.rows = {row}, .claim = claims->at(0)});
    }
  }
  EXPECT_EQ(index_.rows().size(), 6u);
  EXPECT_GE(index_.commits, 3);
}

TEST_F(IndexBatcherTest, WhatIsCommittedIsCountedAndTimedFromItsReceipt) {
  IndexBatcher batcher(index_, *queue_);
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  ASSERT_TRUE(queue_->Push({"report-reprocess", "b"}));
  for (const char* const kind : {"report", "report-reprocess"}) {
    const auto claims = queue_->Claim(kind, 1, 60'000);
    ASSERT_TRUE(claims && claims->size() == 1);
    search::CrashRow row;
    row.uuid = kind;
    row.date_ms = os::UnixMillis() - 20'000;
    batcher.Add({.rows = {row}, .claim = claims->at(0)});
  }
  const IndexMetrics& metrics = batcher.metrics();
  for (int i = 0; i < 500 && metrics.rows.value() < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(metrics.rows.value(), 2U);
  EXPECT_GE(metrics.batches.value(), 1U);
  EXPECT_FALSE(metrics.refuses);
  EXPECT_EQ(metrics.commit_seconds.Read().count, metrics.batches.value());
  EXPECT_EQ(metrics.report_delay_seconds.Read().count, 1U) << "the other did not come just now";
  EXPECT_GE(metrics.report_delay_seconds.Read().sum_s, 20);
  EXPECT_EQ(metrics.ping_delay_seconds.Read().count, 0U);
}

TEST_F(IndexBatcherTest, ARefusedRowDoesNotHoldUpTheOthers) {
  index_.refused_uuid = "bad";
  {
    IndexBatcher batcher(index_, *queue_);
    Add(batcher, "good1");
    Add(batcher, "bad");
    Add(batcher, "good2");
  }
  EXPECT_EQ(index_.rows().size(), 2u);
  const auto counts = queue_->Count("report");
  EXPECT_EQ(counts->claimed, 0u);
  EXPECT_EQ(counts->delayed + counts->ready, 1u);
}

TEST_F(IndexBatcherTest, AFullDiskUnderTheIndexNeverSetsACrashAside) {
  queue_.reset();
  std::int64_t now_ms = 1'000'000;
  queue_ = *store::SqliteQueue::Open(path_, {.attempts_max = 2, .clock = [&now_ms] { return now_ms; }});
  ASSERT_TRUE(queue_->Push({"report", "crash"}));
  for (int i = 0; i < 10; ++i) {
    index_.full = i < 9;
    const auto claims = queue_->Claim("report", 1, 60'000);
    ASSERT_EQ(claims->size(), 1u) << i;
    search::CrashRow row;
    row.uuid = "crash";
    IndexBatcher(index_, *queue_).Add({.rows = {row}, .claim = claims->at(0)});
    now_ms += 3'600'000;
  }
  EXPECT_TRUE(index_.rows().contains("crash"));
  EXPECT_EQ(*queue_->Find({"report", "crash"}), std::nullopt);
}

TEST_F(IndexBatcherTest, PoisonIsIndexedAndSetAside) {
  {
    IndexBatcher batcher(index_, *queue_);
    Add(batcher, "poison", "the worker died");
  }
  EXPECT_TRUE(index_.rows().contains("poison"));
  EXPECT_EQ(queue_->ListSetAside("report", 10)->at(0).reason, "the worker died");
}

}  // namespace
}  // namespace cairn::processor
