// cairn-handler: started by cairn::Start beside an application; or by `cairn crashes`, whose words it then
// gets.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "apps/crashes_command.h"
#include "handler/supervisor.h"
#include "wire/crash_request.h"

namespace {

bool IsSocket(int descriptor) {
  struct stat info{};
  return fstat(descriptor, &info) == 0 && S_ISSOCK(info.st_mode);
}

// Holds on to nothing of the application's: not its terminal, its files, its folder, nor the pipe that
// somebody reads its output from.
void LetGo() {
  closefrom(cairn::wire::kHandlerChannelDescriptor + 1);  // Unlike close_range, works before Linux 5.9.
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing >= 0) {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, standard);
  }
  if (nothing > STDERR_FILENO) close(nothing);
  if (chdir("/") != 0) return;  // Not being able to leave a folder is no reason to give up.
  umask(077);
  // A file past RLIMIT_FSIZE and a server that hangs up are errors to report, not to die of.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

int main(int argc, char** argv) {
  using cairn::handler::Supervisor;
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (!arguments.empty() && arguments[0] == "crashes") {
    return cairn::apps::RunCrashes({arguments.begin() + 1, arguments.end()});
  }
  constexpr int kChannel = cairn::wire::kHandlerChannelDescriptor;
  if (!IsSocket(kChannel)) {
    std::fputs("cairn-handler: started by hand: it is started by an application that calls cairn::Start\n",
               stderr);
    return 2;
  }
  // The application waits for this process and forgets it; the work is done in one that it never sees as a
  // child.
  const int process = fork();
  if (process != 0) return process < 0 ? 3 : 0;
  LetGo();
  fcntl(kChannel, F_SETFD, FD_CLOEXEC);
  auto supervisor = Supervisor::Create(cairn::os::FileDescriptor(kChannel));
  if (!supervisor) return 3;  // The channel closes, by which the application sees it.
  return supervisor->Run() ? 0 : 3;
}
