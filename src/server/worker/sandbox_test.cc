#include "server/worker/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace cairn::worker {
namespace {

// Each runs in a child process of its own, because a sandbox is for good.
[[noreturn]] void ExitInside(bool (*holds)()) {
  if (!EnterSandbox()) _exit(100);
  _exit(holds() ? 0 : 1);
}

#define EXPECT_INSIDE(condition) \
  EXPECT_EXIT(ExitInside([]() -> bool { return (condition); }), ::testing::ExitedWithCode(0), "")

class SandboxDeathTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers make system calls of their own";
#endif
  }
};

TEST_F(SandboxDeathTest, FilesCannotBeOpened) {
  EXPECT_INSIDE(open("/etc/passwd", O_RDONLY) == -1 && errno == EPERM);
  EXPECT_INSIDE(open("/tmp/cairn_sandbox_test", O_WRONLY | O_CREAT, 0600) == -1 && errno == EPERM);
}

TEST_F(SandboxDeathTest, NothingCanBeReached) {
  EXPECT_INSIDE(socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EPERM);
  EXPECT_INSIDE(socket(AF_UNIX, SOCK_STREAM, 0) == -1 && errno == EPERM);
  EXPECT_INSIDE(fork() == -1 && errno == EPERM);
}

TEST_F(SandboxDeathTest, OtherProcessesCannotBeSignalled) {
  static const pid_t parent = getpid();
  EXPECT_INSIDE(syscall(SYS_tgkill, parent, parent, 0) == -1 && errno == EPERM);
  EXPECT_INSIDE(kill(parent, 0) == -1 && errno == EPERM);
  EXPECT_INSIDE(syscall(SYS_tgkill, getpid(), gettid(), 0) == 0);
}

TEST_F(SandboxDeathTest, LimitsAndPrivilegesStayAsTheyAre) {
  EXPECT_INSIDE(prctl(PR_SET_DUMPABLE, 1) == -1 && errno == EPERM);
  static constexpr rlimit kNone{RLIM_INFINITY, RLIM_INFINITY};
  EXPECT_INSIDE(setrlimit(RLIMIT_DATA, &kNone) == -1 && errno == EPERM);
}

TEST_F(SandboxDeathTest, ProgramsCannotBeRun) {
  EXPECT_EXIT(ExitInside([]() -> bool { return execl("/bin/true", "true", nullptr) == -1; }),
              ::testing::KilledBySignal(SIGSYS), "");
}

TEST_F(SandboxDeathTest, MemoryComesButNeverAsCode) {
  EXPECT_INSIDE(std::malloc(50 << 20) != nullptr);
  EXPECT_INSIDE(mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  EXPECT_INSIDE(mmap(nullptr, kMaxWorkerDataBytes + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                     -1, 0) == MAP_FAILED);
  EXPECT_INSIDE(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

TEST_F(SandboxDeathTest, AnOpenFileCanBeMeasured) {
  static const int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  EXPECT_INSIDE([] {
    struct stat info{};
    return fstat(file, &info) == 0 && info.st_size > 0;
  }());
}

}  // namespace
}  // namespace cairn::worker
