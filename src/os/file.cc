#include "os/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace cairn::os {
namespace {

base::Error LastError(std::string_view what) {
  const int number = errno;
  if (number == ENOENT) return {base::Code::kNotFound, static_cast<std::uint64_t>(number), what};
  return {base::Code::kIo, static_cast<std::uint64_t>(number), what};
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

FileInfo FileInfoOf(const struct stat& info) {
  return FileInfo{.size = static_cast<std::uint64_t>(info.st_size),
                  .modified_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec,
                  .is_directory = S_ISDIR(info.st_mode),
                  .is_regular = S_ISREG(info.st_mode)};
}

base::Status SyncFolder(const std::string& folder) {
  const FileDescriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return LastError("open folder");
  if (fsync(fd.get()) != 0) return LastError("sync folder");
  return {};
}

base::Status WriteAndSync(const std::string& path, base::Bytes bytes) {
  const FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return LastError("create file");
  RETURN_IF_ERROR(WriteAll(fd.get(), bytes));
  if (fsync(fd.get()) != 0) return LastError("sync file");
  return {};
}

// Several threads may write files of one folder at once; the counter keeps their temporary names apart.
std::string UniqueSuffix() {
  static std::atomic<std::uint64_t> counter = 0;
  return std::to_string(getpid()) + "-" + std::to_string(counter++);
}

base::Status WriteDurably(const std::string& temporary, const std::string& path, base::Bytes bytes) {
  if (const base::Status written = WriteAndSync(temporary, bytes); !written) {
    unlink(temporary.c_str());
    return written;
  }
  if (const base::Status renamed = RenameDurably(temporary, path); !renamed) {
    unlink(temporary.c_str());
    return renamed;
  }
  return {};
}

}  // namespace

void FileDescriptor::Reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

base::Result<FileDescriptor> OpenForReading(const std::string& path) {
  FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return LastError("open file");
  return fd;
}

base::Result<FileDescriptor> Duplicate(int fd) {
  FileDescriptor copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy.valid()) return LastError("duplicate a file descriptor");
  return copy;
}

base::Result<MappedFile> MappedFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const FileDescriptor fd, OpenForReading(path));
  return FromDescriptor(fd.get());
}

base::Result<MappedFile> MappedFile::FromDescriptor(int fd) {
  struct stat info{};
  if (fstat(fd, &info) != 0) return LastError("inspect file");
  if (!S_ISREG(info.st_mode)) return base::Error{base::Code::kUnsupported, 0, "not a regular file"};
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return MappedFile(nullptr, 0);
  void* const address = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return LastError("map file");
  return MappedFile(address, size);
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(address_, other.address_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (address_ != nullptr) munmap(address_, size_);
}

base::Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes) {
  ASSIGN_OR_RETURN(const FileDescriptor fd, OpenForReading(path));
  return ReadAll(fd.get(), max_bytes);
}

base::Result<std::string> ReadAll(int fd, std::size_t max_bytes) {
  std::string text;
  // A large file is copied once, not at each time that the text has grown to twice its size.
  const base::Result<FileInfo> info = InspectOpen(fd);
  if (info && info->is_regular) text.reserve(std::min<std::uint64_t>(info->size, max_bytes));
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return LastError("read file");
    if (count == 0) return text;
    if (static_cast<std::size_t>(count) > max_bytes - text.size()) {
      return base::Error{base::Code::kLimitExceeded, max_bytes, "file size"};
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

base::Status ReadAt(int fd, std::uint64_t offset, std::span<std::byte> target) {
  while (!target.empty()) {
    const ssize_t count = pread(fd, target.data(), target.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return LastError("read file");
    if (count == 0) return base::Error{base::Code::kTruncated, offset, "file"};
    target = target.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

base::Status WriteAll(int fd, base::Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return LastError("write file");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

base::Status WriteFileDurably(const std::string& path, base::Bytes bytes) {
  return WriteDurably(path + ".new-" + UniqueSuffix(), path, bytes);
}

base::Status WriteOutput(const std::string& path, base::Bytes bytes) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) {
    return WriteFileDurably(path, bytes);
  }
  const FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return LastError("open output");
  return WriteAll(fd.get(), bytes);
}

base::Status WriteFileDurablyVia(const std::string& staging_folder, const std::string& path,
                                 base::Bytes bytes) {
  return WriteDurably(staging_folder + "/" + UniqueSuffix(), path, bytes);
}

base::Result<bool> CreateIfAbsent(const std::string& path) {
  const FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.valid()) return true;
  if (errno == EEXIST) return false;
  return LastError("create file");
}

base::Result<FileDescriptor> CreateNameless(const std::string& folder) {
  FileDescriptor fd(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd.valid()) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR) return LastError("create nameless file");
  // overlayfs before Linux 6.3 and some network file systems: the name lives for a moment.
  std::string name = folder + "/.nameless-XXXXXX";
  fd.Reset(mkostemp(name.data(), O_CLOEXEC));
  if (!fd.valid()) return LastError("create nameless file");
  unlink(name.c_str());
  return fd;
}

base::Result<FileDescriptor> CreateInMemory() {
  FileDescriptor fd(memfd_create("cairn", MFD_CLOEXEC));
  if (!fd.valid()) return LastError("create file in memory");
  return fd;
}

base::Status Rewind(int fd) {
  if (lseek(fd, 0, SEEK_SET) != 0) return LastError("rewind file");
  return {};
}

base::Result<FileDescriptor> CreateUnique(const std::string& folder, std::string& path) {
  path = folder + "/" + UniqueSuffix();
  FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return LastError("create file");
  return fd;
}

base::Status SyncFileSystem(const std::string& folder) {
  const FileDescriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return LastError("open folder");
  if (syncfs(fd.get()) != 0) return LastError("sync file system");
  return {};
}

base::Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return LastError("rename file");
  return {};
}

base::Status RenameDurably(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(Rename(from, to));
  return SyncFolder(FolderOf(to));
}

base::Status MakeDirectories(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (!part.empty() && mkdir(part.c_str(), 0700) == 0) {
      RETURN_IF_ERROR(SyncFolder(FolderOf(part)));
    } else if (!part.empty() && errno != EEXIST) {
      return LastError("make folder");
    }
    if (end == std::string::npos) break;
  }
  const base::Result<FileInfo> info = Inspect(path);
  if (!info) return info.error();
  if (!info->is_directory) return base::Error{base::Code::kIo, ENOTDIR, "make folder"};
  return {};
}

base::Result<std::vector<std::string>> ListDirectory(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), closedir);
  if (folder == nullptr) return LastError("open folder");
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* const entry = readdir(folder.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return LastError("list folder");
  std::ranges::sort(names);
  return names;
}

base::Result<FileInfo> Inspect(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return LastError("inspect file");
  return FileInfoOf(info);
}

base::Result<FileInfo> InspectOpen(int fd) {
  struct stat info{};
  if (fstat(fd, &info) != 0) return LastError("inspect file");
  return FileInfoOf(info);
}

base::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return LastError("remove file");
  return {};
}

}  // namespace cairn::os
