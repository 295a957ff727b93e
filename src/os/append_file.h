// Files that grow at their end: AppendFile with its syncs, OpenToAppend without; ReadRange reads a part of one.
//
// An AppendFile is for one thread at a time. Other threads and processes may read meanwhile.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"
#include "os/file.h"

namespace cairn::os {

class AppendFile {
 public:
  // Makes an empty file of mode 0600, durably; kIo (EEXIST) if there is one.
  static base::Result<AppendFile> Create(const std::string& path);

  // All pieces, one behind the other. If that fails, what was written of them is cut off again as far as the
  // system allows; then the file should be given up.
  base::Status Append(std::span<const base::Bytes> pieces);

  // What was appended survives a power cut from here on.
  base::Status Sync();

  std::uint64_t size() const { return size_; }

 private:
  explicit AppendFile(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

// A file of mode 0600 that grows at its end, for reading and writing; made if it is not there. For what may be
// lost in a power cut.
base::Result<FileDescriptor> OpenToAppend(const std::string& path);
// Cuts an open file, or fills it up with zeros.
base::Status Resize(int fd, std::uint64_t size);

// Up to `bytes` bytes from `offset` on; fewer where the file ends.
base::Result<std::string> ReadRange(int fd, std::uint64_t offset, std::size_t bytes);

}  // namespace cairn::os
