#include "handler/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "os/clock.h"

namespace cairn::handler {

Log::Log(const std::string& path) {
  const auto info = os::Inspect(path);
  const int begin_anew = info && info->size > kMaxLogBytes ? O_TRUNC : 0;
  file_.Reset(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | begin_anew, 0600));
}

void Log::Write(std::string_view text) const {
  if (!file_.valid()) return;
  std::string line =
      os::FormatIso(os::UnixMillis()) + " [" + std::to_string(getpid()) + "] " + std::string(text);
  std::ranges::replace(line, '\n', ' ');
  line += '\n';
  // There is nobody to tell of a failure.
  static_cast<void>(os::WriteAll(file_.get(), base::AsBytes(line)));
}

}  // namespace cairn::handler
