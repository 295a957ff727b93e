// Files: descriptors that close themselves, mapping, whole reads, and writes that survive a power cut.
//
// Errors are base::Code::kIo with the errno as offset, or kNotFound where the file is simply not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::os {

// Owns one file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Reset(int fd = -1);

 private:
  int fd_ = -1;
};

base::Result<FileDescriptor> OpenForReading(const std::string& path);
// Another descriptor of the same open file.
base::Result<FileDescriptor> Duplicate(int fd);

// A file's bytes in memory, read-only and shared with other processes that map it. A file that is cut short
// by somebody else while mapped ends this process with SIGBUS: map only files that are replaced whole, by
// rename.
class MappedFile {
 public:
  static base::Result<MappedFile> Open(const std::string& path);
  // Maps the whole of an open file; the descriptor stays the caller's and may be closed.
  static base::Result<MappedFile> FromDescriptor(int fd);

  MappedFile(MappedFile&& other) noexcept
      : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  base::Bytes bytes() const { return {static_cast<const std::byte*>(address_), size_}; }

 private:
  MappedFile(void* address, std::size_t size) : address_(address), size_(size) {}

  void* address_ = nullptr;
  std::size_t size_ = 0;
};

// The whole file as text; kLimitExceeded if it is larger than `max_bytes`. Works on pipes and /proc as well.
base::Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes);
base::Result<std::string> ReadAll(int fd, std::size_t max_bytes);

// Fills `target` with the bytes from `offset` on; kTruncated if the file ends before. Any number of threads
// may read one descriptor.
base::Status ReadAt(int fd, std::uint64_t offset, std::span<std::byte> target);

// Writes all bytes, going on after short writes and interruptions.
base::Status WriteAll(int fd, base::Bytes bytes);

// After this returns, the file is there whole, even if the power fails: written under another name beside it,
// fsync, rename, fsync of the folder. Mode 0600. On failure nothing is left behind and an old file of that
// name stays.
base::Status WriteFileDurably(const std::string& path, base::Bytes bytes);

// Writes what a user asked for to the place that the user named: durably where a file is or may be made, and
// straight into it where there is a device or a pipe, which must not be replaced.
base::Status WriteOutput(const std::string& path, base::Bytes bytes);

// As WriteFileDurably, but the unfinished file lies in `staging_folder` (of the same file system), so that a
// folder of whole files never shows an unfinished one, not even after a kill.
base::Status WriteFileDurablyVia(const std::string& staging_folder, const std::string& path,
                                 base::Bytes bytes);

// Makes an empty file of mode 0600, for a library that would give it another mode. False: it was there, and
// is as it was; it was not even opened, because closing any descriptor of a file ends this process's POSIX
// locks on it.
base::Result<bool> CreateIfAbsent(const std::string& path);

// An open file in `folder` that has no name: nothing is left of it when it is closed, whatever happens. For
// reading and writing; Rewind goes back to its start.
base::Result<FileDescriptor> CreateNameless(const std::string& folder);
// The same in memory, for what is small: a folder that makes and forgets thousands of files gets slow.
base::Result<FileDescriptor> CreateInMemory();
base::Status Rewind(int fd);

// A new file of mode 0600 in `folder` that has a name of its own, for writing; `path` tells it.
base::Result<FileDescriptor> CreateUnique(const std::string& folder, std::string& path);

// All that was written to the file system on which `folder` lies, by whomever, is on the disk when it
// returns.
base::Status SyncFileSystem(const std::string& folder);

// Replaces what was there. Both paths must be on one file system; not durable by itself.
base::Status Rename(const std::string& from, const std::string& to);
// Renames and makes the rename durable. Both paths must be on one file system.
base::Status RenameDurably(const std::string& from, const std::string& to);

// Makes a folder and its parents, mode 0700, durably; no error if it is there.
base::Status MakeDirectories(const std::string& path);

// The names in a folder without "." and "..", sorted.
base::Result<std::vector<std::string>> ListDirectory(const std::string& path);

struct FileInfo {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  // Since the Unix epoch.
  bool is_directory = false;
  bool is_regular = false;  // Neither a folder nor a device nor a pipe.
};
base::Result<FileInfo> Inspect(const std::string& path);
base::Result<FileInfo> InspectOpen(int fd);

// No error if it is not there.
base::Status RemoveFile(const std::string& path);

}  // namespace cairn::os
