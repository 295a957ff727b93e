// A file under a name of its own that becomes another file whole, or is removed.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "os/file.h"

namespace cairn::os {

class TemporaryFile {
 public:
  // Makes an empty file in `folder`, mode 0600, whose name begins with `stem`. What a killed process leaves
  // behind is told by ".part-" in its name.
  static base::Result<TemporaryFile> Create(const std::string& folder, const std::string& stem);

  TemporaryFile(TemporaryFile&&) noexcept = default;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept {
    std::swap(fd_, other.fd_);  // What this one held is removed with the other.
    std::swap(path_, other.path_);
    return *this;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

  // Gives the file the name `path`, durably; where that lies in another file system, its bytes go to a new
  // file.
  base::Status RenameTo(const std::string& path);

 private:
  TemporaryFile(FileDescriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  FileDescriptor fd_;  // Not valid: moved from, or renamed.
  std::string path_;
};

}  // namespace cairn::os
