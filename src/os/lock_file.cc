#include "os/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "os/clock.h"

namespace cairn::os {

base::Result<LockFile> LockFile::Take(const std::string& path, const std::string& owner,
                                      std::string* holder) {
  FileDescriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "lock file"};
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "lock file"};
    constexpr std::size_t kMaxOwnerBytes = 1000;
    const base::Result<std::string> text = ReadAll(fd.get(), kMaxOwnerBytes);
    *holder = text ? *text : "";
    return base::Error{base::Code::kRefused, 0, "lock file: another process holds it"};
  }
  if (ftruncate(fd.get(), 0) != 0)
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "lock file"};
  RETURN_IF_ERROR(WriteAll(fd.get(), base::AsBytes(owner)));
  return LockFile(std::move(fd));
}

base::Result<LockFile> LockFile::Wait(const std::string& path, std::int64_t timeout_ms,
                                      const std::atomic<bool>* cancelled) {
  // flock can wait, but not with a limit, so it is asked again: at first often, for work that takes no time.
  constexpr std::int64_t kLongestPause_ms = 50;
  const std::int64_t deadline_ms = MonotonicMillis() + timeout_ms;
  FileDescriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "lock file"};
  for (std::int64_t pause_ms = 1;; pause_ms = std::min(pause_ms * 2, kLongestPause_ms)) {
    if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return LockFile(std::move(fd));
    if (errno != EWOULDBLOCK && errno != EINTR)
      return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "lock file"};
    const bool stop = cancelled != nullptr && cancelled->load();
    if (stop || MonotonicMillis() >= deadline_ms) return base::Error{base::Code::kTimeout, 0, "lock file"};
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
}

}  // namespace cairn::os
