// The contract of Queue. Every implementation is a line in the table at the end.
#include "server/store/queue.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The contract fixes these: three attempts, a back-off of 100 ms that doubles up to 300 ms, and a clock for
// the test.
constexpr int kAttempts = 3;

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Queue>(const TemporaryFolder&, std::function<std::int64_t()>)> open;
};

class ServerStoreQueue : public ::testing::TestWithParam<Implementation> {
 protected:
  ServerStoreQueue() : queue_(GetParam().open(folder_, [this] { return now_ms_.load(); })) {}

  std::vector<std::string> ClaimIds(std::size_t items_max) {
    std::vector<std::string> ids;
    const auto claims = queue_->Claim("report", items_max, 1000);
    EXPECT_TRUE(claims);
    for (const ClaimedItem& claim : *claims) ids.push_back(claim.item.id);
    return ids;
  }

  ClaimedItem ClaimOne() {
    const auto claims = queue_->Claim("report", 1, 1000);
    EXPECT_TRUE(claims);
    EXPECT_EQ(claims->size(), 1U);
    return claims->empty() ? ClaimedItem{} : claims->front();
  }

  TemporaryFolder folder_;
  std::atomic<std::int64_t> now_ms_ = 1'000'000;
  std::unique_ptr<Queue> queue_;
};

TEST_P(ServerStoreQueue, ItemsComeInTheOrderOfTheirArrival) {
  for (const std::string id : {"c", "a", "b"}) EXPECT_TRUE(*queue_->Push({"report", id}));
  EXPECT_THAT(ClaimIds(2), ElementsAre("c", "a"));
  EXPECT_THAT(ClaimIds(2), ElementsAre("b"));
  EXPECT_THAT(ClaimIds(2), IsEmpty());
}

TEST_P(ServerStoreQueue, PushingAgainChangesNothing) {
  EXPECT_TRUE(*queue_->Push({"report", "a"}));
  EXPECT_FALSE(*queue_->Push({"report", "a"}));
  EXPECT_TRUE(*queue_->Push({"ping", "a"})) << "another kind is another item";
  const ClaimedItem claim = ClaimOne();
  EXPECT_FALSE(*queue_->Push({"report", "a"})) << "claimed items are still there";
  EXPECT_THAT(ClaimIds(5), IsEmpty());
  ASSERT_TRUE(queue_->Ack(claim));
  EXPECT_TRUE(*queue_->Push({"report", "a"})) << "what is done may be asked for again";
}

TEST_P(ServerStoreQueue, ManyArePushedAtOnce) {
  ASSERT_TRUE(*queue_->Push({"report", "b"}));
  const std::vector<QueueItem> items = {{"report", "a"}, {"report", "b"}, {"report", "c"}};
  ASSERT_TRUE(queue_->PushAll(items));
  EXPECT_THAT(ClaimIds(10), ElementsAre("b", "a", "c"));
  const std::vector<QueueItem> bad = {{"report", "d"}, {"", "e"}};
  EXPECT_FALSE(queue_->PushAll(bad));
}

TEST_P(ServerStoreQueue, AnAcknowledgedItemIsGone) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  EXPECT_EQ(*queue_->Find({"report", "a"}), QueueState::kWaiting);
  const ClaimedItem claim = ClaimOne();
  EXPECT_EQ(claim.attempts, 1);
  EXPECT_EQ(*queue_->Find({"report", "a"}), QueueState::kClaimed);
  ASSERT_TRUE(queue_->Ack(claim));
  EXPECT_EQ(*queue_->Find({"report", "a"}), std::nullopt);
  EXPECT_EQ(queue_->Ack(claim).error().code, base::Code::kNotFound);
  EXPECT_EQ(queue_->Count("report")->ready, 0U);
}

TEST_P(ServerStoreQueue, AnEndedLeaseGivesTheItemToTheNextAndNotBack) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  const ClaimedItem first = ClaimOne();
  now_ms_ += 999;
  EXPECT_THAT(ClaimIds(1), IsEmpty());
  now_ms_ += 1;
  const ClaimedItem second = ClaimOne();
  EXPECT_EQ(second.attempts, 2);
  EXPECT_EQ(queue_->Ack(first).error().code, base::Code::kNotFound) << "the first claim was lost";
  EXPECT_EQ(queue_->Nack(first, "late").error().code, base::Code::kNotFound);
  EXPECT_TRUE(queue_->Ack(second));
}

TEST_P(ServerStoreQueue, AnExtendedLeaseLasts) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  const ClaimedItem claim = ClaimOne();
  now_ms_ += 900;
  ASSERT_TRUE(queue_->Extend(claim, 1000));
  now_ms_ += 900;
  EXPECT_THAT(ClaimIds(1), IsEmpty());
  EXPECT_TRUE(queue_->Ack(claim));
  EXPECT_FALSE(queue_->Extend(claim, 1000));
}

TEST_P(ServerStoreQueue, FailedWorkComesBackLaterAndLater) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  ASSERT_TRUE(queue_->Nack(ClaimOne(), "no memory"));
  EXPECT_EQ(queue_->Count("report")->delayed, 1U);
  now_ms_ += 99;
  EXPECT_THAT(ClaimIds(1), IsEmpty());
  now_ms_ += 1;
  ASSERT_TRUE(queue_->Nack(ClaimOne(), "no memory"));
  now_ms_ += 199;
  EXPECT_THAT(ClaimIds(1), IsEmpty());
  now_ms_ += 1;
  EXPECT_THAT(ClaimIds(1), ElementsAre("a"));
}

TEST_P(ServerStoreQueue, WorkThatFailsTooOftenIsSetAsideWithItsReason) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    ASSERT_TRUE(queue_->Nack(ClaimOne(), "worker died"));
    now_ms_ += 1000;
  }
  EXPECT_THAT(ClaimIds(1), IsEmpty());
  const auto aside = queue_->ListSetAside("report", 10);
  ASSERT_EQ(aside->size(), 1U);
  EXPECT_EQ(aside->front().item.id, "a");
  EXPECT_EQ(aside->front().reason, "worker died");
  EXPECT_EQ(aside->front().attempts, kAttempts);
  EXPECT_EQ(*queue_->Find({"report", "a"}), QueueState::kSetAside);
}

TEST_P(ServerStoreQueue, PostponedWorkComesBackHoweverOften) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  for (int i = 0; i < 3 * kAttempts; ++i) {
    const ClaimedItem claim = ClaimOne();
    EXPECT_EQ(claim.attempts, 1);
    ASSERT_TRUE(queue_->Postpone(claim, "the disk is full"));
    EXPECT_THAT(ClaimIds(1), IsEmpty()) << "not at once";
    EXPECT_EQ(queue_->Postpone(claim, "twice").error().code, base::Code::kNotFound);
    now_ms_ += 60'000;
  }
  EXPECT_TRUE(queue_->Ack(ClaimOne()));
}

TEST_P(ServerStoreQueue, WorkThatNeverAnswersIsSetAsideToo) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    ClaimOne();
    now_ms_ += 1000;
  }
  EXPECT_THAT(ClaimIds(1), IsEmpty());
  ASSERT_EQ(queue_->ListSetAside("report", 10)->size(), 1U);
  EXPECT_FALSE(queue_->ListSetAside("report", 10)->front().reason.empty());
}

TEST_P(ServerStoreQueue, WhatWasSetAsideCanBeTriedAgain) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  ASSERT_TRUE(queue_->SetAside(ClaimOne(), "not a dump; it's \"poison\""));
  EXPECT_EQ(queue_->ListSetAside("report", 10)->front().reason, "not a dump; it's \"poison\"");
  EXPECT_FALSE(*queue_->Push({"report", "a"})) << "it stays aside";
  ASSERT_TRUE(queue_->Retry({"report", "a"}));
  EXPECT_EQ(ClaimOne().attempts, 1);
  EXPECT_EQ(queue_->Retry({"report", "a"}).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreQueue, CountsAreByStateAndKind) {
  for (const std::string id : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(queue_->Push({"report", id}));
  ASSERT_TRUE(queue_->Push({"ping", "x"}));
  ASSERT_TRUE(queue_->SetAside(ClaimOne(), "bad"));
  ASSERT_TRUE(queue_->Nack(ClaimOne(), "later"));
  ClaimOne();
  const auto counts = queue_->Count("report");
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->ready, 2U);
  EXPECT_EQ(counts->delayed, 1U);
  EXPECT_EQ(counts->claimed, 1U);
  EXPECT_EQ(counts->set_aside, 1U);
  EXPECT_EQ(queue_->Count("ping")->ready, 1U);
  EXPECT_EQ(queue_->Count("nothing")->ready, 0U);
}

TEST_P(ServerStoreQueue, AClockThatJumpsBackDoesNotHideNewWork) {
  ASSERT_TRUE(queue_->Push({"report", "a"}));
  now_ms_ = 5;
  EXPECT_THAT(ClaimIds(1), ElementsAre("a"));
}

TEST_P(ServerStoreQueue, ManyAreAcknowledgedAtOnceAndLostClaimsArePassedOver) {
  for (const char* const id : {"a", "b", "c"}) ASSERT_TRUE(queue_->Push({"report", id}));
  const auto claims = queue_->Claim("report", 2, 1000);
  ASSERT_TRUE(claims);
  std::vector<ClaimedItem> with_lost = *claims;
  with_lost.insert(with_lost.begin(), ClaimedItem{{"report", "c"}, 77, 1});
  EXPECT_TRUE(queue_->AckAll(with_lost));
  EXPECT_FALSE(*queue_->Find({"report", "a"}));
  EXPECT_FALSE(*queue_->Find({"report", "b"}));
  EXPECT_TRUE(*queue_->Find({"report", "c"}));
  EXPECT_TRUE(queue_->AckAll({}));
}

TEST_P(ServerStoreQueue, WhatIsRemovedIsGoneWhateverItsState) {
  for (const std::string id : {"worked-at", "set-aside", "waits", "stays"})
    ASSERT_TRUE(*queue_->Push({"report", id}));
  const ClaimedItem worked_at = ClaimOne();
  ASSERT_TRUE(queue_->SetAside(ClaimOne(), "broken"));
  const std::vector<QueueItem> items = {{"report", "worked-at"},
                                        {"report", "set-aside"},
                                        {"report", "waits"},
                                        {"report", "unknown"},
                                        {"ping", "stays"}};
  EXPECT_EQ(*queue_->Remove(items), 2U);
  EXPECT_EQ(*queue_->Find({"report", "worked-at"}), QueueState::kClaimed);
  EXPECT_FALSE(*queue_->Find({"report", "set-aside"}));
  EXPECT_FALSE(*queue_->Find({"report", "waits"}));
  EXPECT_TRUE(*queue_->Find({"report", "stays"}));
  const auto claimed = queue_->ListClaimed("report");
  ASSERT_TRUE(claimed);
  ASSERT_EQ(claimed->size(), 1U);
  EXPECT_EQ((*claimed)[0].item.id, "worked-at");
  EXPECT_EQ((*claimed)[0].receipt, worked_at.receipt);
  now_ms_ += 1000;  // Its lease has ended: nobody works at it.
  EXPECT_TRUE(queue_->ListClaimed("report")->empty());
  EXPECT_EQ(*queue_->Remove(items), 1U);
  EXPECT_TRUE(queue_->Scrub(std::vector<std::string>{"worked-at", "set-aside"}));
  EXPECT_THAT(ClaimIds(9), ElementsAre("stays"));
}

TEST_P(ServerStoreQueue, ItemsAreFoundByHowTheirIdsEnd) {
  for (const std::string id : {"a/x", "b/x", "x", "x/a"}) ASSERT_TRUE(*queue_->Push({"report", id}));
  ASSERT_TRUE(*queue_->Push({"ping", "c/x"}));
  std::vector<std::string> found;
  const auto items = queue_->FindByEnd("report", "/x");
  for (const QueueItem& item : *items) found.push_back(item.id);
  EXPECT_THAT(found, ::testing::UnorderedElementsAre("a/x", "b/x"));
}

TEST_P(ServerStoreQueue, BadItemsAreRefused) {
  EXPECT_EQ(queue_->Push({"", "a"}).error().code, base::Code::kBadValue);
  EXPECT_EQ(queue_->Push({"report", ""}).error().code, base::Code::kBadValue);
  EXPECT_EQ(queue_->Push({"report", std::string(kMaxQueueIdLength + 1, 'a')}).error().code,
            base::Code::kBadValue);
}

TEST_P(ServerStoreQueue, ManyThreadsShareTheWorkWithoutDoingItTwice) {
  constexpr int kThreads = 4;
  constexpr int kItems = 100;
  std::mutex mutex;
  std::multiset<std::string> done;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kItems; ++i) {
          EXPECT_TRUE(queue_->Push({"report", std::to_string(thread) + "-" + std::to_string(i)}));
        }
        while (true) {
          const auto claims = queue_->Claim("report", 7, 1000);
          if (!claims || claims->empty()) break;
          for (const ClaimedItem& claim : *claims) {
            EXPECT_TRUE(queue_->Ack(claim));
            const std::lock_guard lock(mutex);
            done.insert(claim.item.id);
          }
        }
      });
    }
  }
  EXPECT_EQ(done.size(), static_cast<std::size_t>(kThreads * kItems));
  EXPECT_EQ(std::set<std::string>(done.begin(), done.end()).size(), done.size());
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerStoreQueue,
    ::testing::Values(Implementation{
        "Sqlite",
        [](const TemporaryFolder& folder, std::function<std::int64_t()> clock) -> std::unique_ptr<Queue> {
          auto queue = SqliteQueue::Open(folder.Path("queue.sqlite"), {.attempts_max = kAttempts,
                                                                       .first_backoff_ms = 100,
                                                                       .backoff_max_ms = 300,
                                                                       .clock = std::move(clock)});
          EXPECT_TRUE(queue);
          return *std::move(queue);
        }}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
