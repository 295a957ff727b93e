#include "os/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

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

}  // namespace cairn::os
