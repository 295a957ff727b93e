#include "server/store/sqlite_queue.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include <gtest/gtest.h>

#include "os/file.h"
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
  EXPECT_EQ(claims->front().attempts, 2);
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
