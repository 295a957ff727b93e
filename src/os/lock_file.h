// A lock on a folder's owner: one process holds it, and others can read who.
#pragma once

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

 private:
  explicit LockFile(FileDescriptor fd) : fd_(std::move(fd)) {}

  FileDescriptor fd_;
};

}  // namespace cairn::os
