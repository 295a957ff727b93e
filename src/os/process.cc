#include "os/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <thread>

#include "os/clock.h"

namespace cairn::os {

std::string ExecutableFolder() {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (length <= 0) return ".";
  const std::string path(buffer.data(), static_cast<std::size_t>(length));
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

namespace {

// The words of a command line as execv wants them.
class ArgumentVector {
 public:
  ArgumentVector(const std::string& program, const std::vector<std::string>& arguments) {
    owned_.push_back(program);
    owned_.insert(owned_.end(), arguments.begin(), arguments.end());
    pointers_.reserve(owned_.size() + 1);
    for (std::string& argument : owned_) pointers_.push_back(argument.data());
    pointers_.push_back(nullptr);
  }
  char* const* get() { return pointers_.data(); }

 private:
  std::vector<std::string> owned_;
  std::vector<char*> pointers_;
};

base::Error StartError(int number) {
  return {number == ENOENT ? base::Code::kNotFound : base::Code::kIo, static_cast<std::uint64_t>(number),
          "start program"};
}

}  // namespace

base::Error Execute(const std::string& program, const std::vector<std::string>& arguments) {
  ArgumentVector words(program, arguments);
  execv(program.c_str(), words.get());
  return StartError(errno);
}

base::Result<int> RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                             std::int64_t timeout_ms, const std::atomic<bool>* cancelled) {
  ArgumentVector words(program, arguments);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
  pid_t child = 0;
  const int number = posix_spawn(&child, program.c_str(), &actions, nullptr, words.get(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (number != 0) return StartError(number);

  constexpr std::int64_t kLongestPause_ms = 20;
  const std::int64_t deadline_ms = MonotonicMillis() + timeout_ms;
  for (std::int64_t pause_ms = 1;; pause_ms = std::min(pause_ms * 2, kLongestPause_ms)) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended < 0 && errno != EINTR) return StartError(errno);
    if (ended == child) {
      if (WIFEXITED(status)) return WEXITSTATUS(status);
      return base::Error{base::Code::kRefused, static_cast<std::uint64_t>(WTERMSIG(status)),
                         "program (signal)"};
    }
    if (MonotonicMillis() >= deadline_ms || (cancelled != nullptr && cancelled->load())) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return base::Error{base::Code::kTimeout, 0, "program"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

}  // namespace cairn::os
