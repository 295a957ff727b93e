#include "server/store/sqlite_queue.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/sqlite_database.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

TEST(ServerStoreSqliteQueue, ReopeningGivesBackWhatWasClaimed) {
  const TemporaryFolder folder;
  {
    auto queue = SqliteQueue::Open(folder.Path("queue"));
    ASSERT_TRUE(queue);
    ASSERT_TRUE((*queue)->Push({"report", "a"}));
    ASSERT_EQ((*queue)->Claim("report", 1, 1'000'000)->size(), 1U);
  }
  auto queue = SqliteQueue::Open(folder.Path("queue"));
  ASSERT_TRUE(queue);
  const auto claims = (*queue)->Claim("report", 1, 1000);
  ASSERT_EQ(claims->size(), 1U);
  EXPECT_EQ(claims->front().attempts, 1);
}

// Opens the queue, claims everything, and is gone, as after kill -9; how much there was to claim.
std::size_t ClaimAndDie(const std::string& path, int interruptions_max) {
  const auto queue = SqliteQueue::Open(path, {.interruptions_max = interruptions_max});
  EXPECT_TRUE(queue);
  return (*queue)->Claim("report", 100, 1'000'000)->size();
}

TEST(ServerStoreSqliteQueue, WhatWasClaimedWhenTheServerDiedIsNotAtFault) {
  const TemporaryFolder folder;
  const std::string path = folder.Path("queue");
  ASSERT_TRUE((*SqliteQueue::Open(path))->Push({"report", "a"}));
  const SqliteQueueOptions standard;
  for (int i = 0; i < 2 * standard.attempts_max; ++i) {
    EXPECT_EQ(ClaimAndDie(path, standard.interruptions_max), 1U) << i;
  }
  const auto queue = SqliteQueue::Open(path);
  const auto claims = (*queue)->Claim("report", 1, 1000);
  ASSERT_EQ(claims->size(), 1U);
  EXPECT_EQ(claims->front().attempts, 1);
}

TEST(ServerStoreSqliteQueue, WhatEndsTheServerEachTimeIsSetAsideInTheEnd) {
  const TemporaryFolder folder;
  const std::string path = folder.Path("queue");
  ASSERT_TRUE((*SqliteQueue::Open(path))->Push({"report", "a"}));
  constexpr int kInterruptions = 3;
  for (int i = 0; i < kInterruptions; ++i) EXPECT_EQ(ClaimAndDie(path, kInterruptions), 1U) << i;
  const auto queue = SqliteQueue::Open(path, {.interruptions_max = kInterruptions});
  EXPECT_TRUE((*queue)->Claim("report", 1, 1000)->empty());
  const auto set_aside = (*queue)->ListSetAside("report", 10);
  ASSERT_EQ(set_aside->size(), 1U);
  EXPECT_EQ(set_aside->front().reason, "every attempt ended without an answer");
  ASSERT_TRUE((*queue)->Retry({"report", "a"}));
  EXPECT_EQ((*queue)->Claim("report", 1, 1000)->size(), 1U);
}

TEST(ServerStoreSqliteQueue, AFileOfAnEarlierVersionIsBroughtUp) {
  const TemporaryFolder folder;
  const std::string path = folder.Path("queue");
  {
    base::Result<SqliteDatabase> database = SqliteDatabase::Open(path);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->Execute(
        "CREATE TABLE items (sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT "
        "NULL, "
        "state INTEGER NOT NULL DEFAULT 0, ready_ms INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL "
        "DEFAULT 0, "
        "receipt INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', UNIQUE (kind, id)) STRICT;"
        "INSERT INTO items (kind, id, state, attempts) VALUES ('report', 'a', 1, 1);"));
  }
  EXPECT_EQ(ClaimAndDie(path, 10), 1U);
  EXPECT_EQ(ClaimAndDie(path, 10), 1U);
}

// As long as it lives, no file can be written to: as on a disk that is full or gone.
class FailingDisk {
 public:
  FailingDisk() {
    (void)std::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit none = before_;
    none.rlim_cur = 0;
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  }
  ~FailingDisk() { EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before_), 0); }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

 private:
  rlimit before_{};
};

TEST(ServerStoreSqliteQueue, WhatAFailingDiskDidNotTakeIsWrittenWithTheNextClaim) {
  constexpr std::int64_t kLongLeaseMs = 1'000'000;
  const TemporaryFolder folder;
  std::int64_t now_ms = 1'000'000;
  const SqliteQueueOptions options{.clock = [&] { return now_ms; }};
  const auto queue = *SqliteQueue::Open(folder.Path("queue"), options);
  for (const std::string id : {"postponed", "failed", "set aside"}) ASSERT_TRUE(queue->Push({"report", id}));
  const auto claims = *queue->Claim("report", 3, kLongLeaseMs);
  ASSERT_EQ(claims.size(), 3U);
  {
    const FailingDisk disk;
    const bool taken = queue->Postpone(claims[0], "the disk is full") || queue->Nack(claims[1], "it died") ||
                       queue->SetAside(claims[2], "it is none") || queue->Push({"report", "new"}) ||
                       queue->Claim("report", 3, kLongLeaseMs);
    ASSERT_FALSE(taken);
  }
  EXPECT_EQ(queue->Count("report")->claimed, 3U);
  EXPECT_TRUE(queue->Claim("another kind", 1, kLongLeaseMs)->empty());
  EXPECT_EQ(queue->Count("report")->delayed, 2U);
  EXPECT_EQ(queue->ListSetAside("report", 9)->at(0).reason, "it is none");
  now_ms += options.postpone_ms;
  const auto again = *queue->Claim("report", 3, kLongLeaseMs);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].item.id + " " + std::to_string(again[0].attempts), "postponed 1");
  EXPECT_EQ(again[1].item.id + " " + std::to_string(again[1].attempts), "failed 2");
}

TEST(ServerStoreSqliteQueue, TheFileIsPrivate) {
  const TemporaryFolder folder;
  const auto queue = SqliteQueue::Open(folder.Path("queue"));
  ASSERT_TRUE(queue);
  struct stat info{};
  ASSERT_EQ(stat(folder.Path("queue").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(ServerStoreSqliteQueue, AFileOfAnotherKindIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(os::WriteFileDurably(folder.Path("queue"), base::AsBytes(std::string(4096, 'x'))));
  const auto queue = SqliteQueue::Open(folder.Path("queue"));
  ASSERT_FALSE(queue);
  EXPECT_EQ(queue.error().code, base::Code::kBadMagic);
}

// A child pushes and writes the number of each acknowledged push to a pipe until it is killed in the middle.
TEST(ServerStoreSqliteQueue, NoAcknowledgedPushIsLostByAKill) {
  const TemporaryFolder folder;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto queue = SqliteQueue::Open(folder.Path("queue"));
    for (int i = 0; queue && (*queue)->Push({"report", std::to_string(i)}); ++i) {
      if (write(ends[1], &i, sizeof i) != sizeof i) break;
    }
    _exit(1);
  }
  close(ends[1]);
  constexpr int kKillAfter = 300;
  int last = -1;
  int number = 0;
  bool killed = false;
  while (read(ends[0], &number, sizeof number) == sizeof number) {
    last = number;
    if (last >= kKillAfter && !killed) killed = kill(child, SIGKILL) == 0;
  }
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));

  auto queue = SqliteQueue::Open(folder.Path("queue"));
  ASSERT_TRUE(queue);
  for (int i = 0; i <= last; ++i) {
    EXPECT_EQ(*(*queue)->Find({"report", std::to_string(i)}), QueueState::kWaiting) << i;
  }
  EXPECT_LE((*queue)->Count("report")->ready, static_cast<std::uint64_t>(last) + 2)
      << "one may be committed, unsaid";
}

}  // namespace
}  // namespace cairn::store
