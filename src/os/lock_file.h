// Locks between processes: on a folder's owner, whom others can read, and for the time of one piece of work.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "os/file.h"

namespace cairn::os {

// Held until it is destroyed or the process ends, however it ends.
class LockFile {
 public:
  // Makes the file if it is not there and writes `owner` into it. kRefused if another process holds it; then
  // `*holder` is what that one wrote.
  static base::Result<LockFile> Take(const std::string& path, const std::string& owner, std::string* holder);

  // Makes the file if it is not there and waits until nobody else holds it, threads of this process included;
  // kTimeout after `timeout_ms` or once `*cancelled`. The file stays when the lock is gone: whoever removed
  // it could take it from under a third process.
  static base::Result<LockFile> Wait(const std::string& path, std::int64_t timeout_ms,
                                     const std::atomic<bool>* cancelled = nullptr);

 private:
  explicit LockFile(FileDescriptor fd) : fd_(std::move(fd)) {}

  FileDescriptor fd_;
};

}  // namespace cairn::os
