#include "server/store/queue_thread.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

class QueueThreadTest : public ::testing::Test {
 protected:
  QueueThread::Follow Acknowledging() {
    return [this](const ClaimedItem& claim, const std::atomic<bool>&) {
      followed_.push_back(claim.item.id);
      EXPECT_TRUE(queue_->Ack(claim));
    };
  }

  const QueueThreadOptions options_{.kind = "order", .lease_ms = 60'000, .name = "test"};
  TemporaryFolder folder_;
  std::unique_ptr<SqliteQueue> queue_ = *SqliteQueue::Open(folder_.Path("queue"));
  std::vector<std::string> followed_;  // Of the thread, until it is idle.
};

TEST_F(QueueThreadTest, OrdersAreFollowedInTheirOrder) {
  QueueThread thread(*queue_, options_, Acknowledging());
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(thread.Order(id));
  thread.WaitUntilIdle();
  EXPECT_EQ(followed_, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(QueueThreadTest, WhatWasOrderedBeforeIsFollowedAndOtherKindsAreLeft) {
  ASSERT_TRUE(queue_->Push({"order", "early"}));
  ASSERT_TRUE(queue_->Push({"report", "another"}));
  QueueThread thread(*queue_, options_, Acknowledging());
  thread.WaitUntilIdle();
  EXPECT_EQ(followed_, std::vector<std::string>{"early"});
  EXPECT_EQ(queue_->Count("report")->ready, 1U);
}

TEST_F(QueueThreadTest, LongWorkIsToldToStopAndComesBack) {
  std::atomic<bool> began = false;
  {
    QueueThread thread(*queue_, options_, [&](const ClaimedItem& claim, const std::atomic<bool>& stopping) {
      began = true;
      while (!stopping) std::this_thread::yield();
      EXPECT_TRUE(queue_->Extend(claim, 0));
    });
    ASSERT_TRUE(thread.Order("long"));
    while (!began) std::this_thread::yield();
  }
  QueueThread thread(*queue_, options_, Acknowledging());
  while (queue_->Count("order")->claimed + queue_->Count("order")->ready > 0) std::this_thread::yield();
  thread.WaitUntilIdle();
  EXPECT_EQ(followed_, std::vector<std::string>{"long"});
}

}  // namespace
}  // namespace cairn::store
