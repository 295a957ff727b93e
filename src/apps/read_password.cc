#include "apps/read_password.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>

namespace cairn::apps {
namespace {

constexpr std::size_t kMaxLineBytes = 4096;

// While it lives the terminal shows nothing of what is typed.
class WithoutEcho {
 public:
  WithoutEcho() : is_changed_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_changed_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= static_cast<tcflag_t>(ECHONL);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~WithoutEcho() {
    if (is_changed_) (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  termios before_{};
  const bool is_changed_;
};

// Without its end; nothing at the end of the input.
std::optional<std::string> ReadLine() {
  std::string line;
  char c = 0;
  for (;;) {
    const ssize_t size = read(STDIN_FILENO, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return line.empty() ? std::nullopt : std::optional(std::move(line));
    if (c == '\n') break;
    if (line.size() == kMaxLineBytes) return std::nullopt;
    line += c;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<std::string> Ask(std::string_view prompt) {
  std::fwrite(prompt.data(), 1, prompt.size(), stderr);
  return ReadLine();
}

}  // namespace

base::Result<std::string> ReadNewPassword() {
  const base::Error nothing{base::Code::kIo, ENODATA, "password"};
  if (isatty(STDIN_FILENO) == 0) {
    const std::optional<std::string> line = ReadLine();
    return line ? base::Result<std::string>(*line) : nothing;
  }
  const WithoutEcho without_echo;
  const std::optional<std::string> first = Ask("New password: ");
  if (!first) return nothing;
  const std::optional<std::string> second = Ask("Once more: ");
  if (!second) return nothing;
  if (*first != *second) return base::Error{base::Code::kBadValue, 0, "the second password is another"};
  return *first;
}

}  // namespace cairn::apps
