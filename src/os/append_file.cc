#include "os/append_file.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

namespace cairn::os {
namespace {

base::Error LastError(std::string_view what) {
  return {base::Code::kIo, static_cast<std::uint64_t>(errno), what};
}

}  // namespace

base::Result<AppendFile> AppendFile::Create(const std::string& path) {
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) return LastError("create file");
  const std::size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  const FileDescriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid() || fsync(opened.get()) != 0) return LastError("sync folder");
  return AppendFile(std::move(file));
}

base::Status AppendFile::Append(std::span<const base::Bytes> pieces) {
  std::vector<iovec> vectors;
  vectors.reserve(pieces.size());
  std::uint64_t total = 0;
  for (const base::Bytes piece : pieces) {
    if (piece.empty()) continue;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): writev takes what it only reads as void*.
    vectors.push_back({const_cast<std::byte*>(piece.data()), piece.size()});
    total += piece.size();
  }
  std::span<iovec> rest(vectors);
  while (!rest.empty()) {
    const auto count = static_cast<int>(std::min<std::size_t>(rest.size(), IOV_MAX));
    const ssize_t result = writev(file_.get(), rest.data(), count);
    if (result < 0 && errno == EINTR) continue;
    if (result < 0) {
      const base::Error error = LastError("append to file");
      const bool cut = ftruncate(file_.get(), static_cast<off_t>(size_)) == 0 &&
                       lseek(file_.get(), static_cast<off_t>(size_), SEEK_SET) >= 0;
      (void)cut;  // Readers tell a torn end by its checksum; the caller starts another file.
      return error;
    }
    auto written = static_cast<std::size_t>(result);
    while (!rest.empty() && written >= rest[0].iov_len) {
      written -= rest[0].iov_len;
      rest = rest.subspan(1);
    }
    if (written > 0)
      rest[0] = {static_cast<std::byte*>(rest[0].iov_base) + written, rest[0].iov_len - written};
  }
  size_ += total;
  return {};
}

base::Status AppendFile::Sync() {
  if (fdatasync(file_.get()) != 0) return LastError("sync file");
  return {};
}

base::Result<FileDescriptor> OpenToAppend(const std::string& path) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file.valid()) return LastError("open file");
  return file;
}

base::Status Resize(int fd, std::uint64_t size) {
  if (ftruncate(fd, static_cast<off_t>(size)) != 0) return LastError("resize file");
  return {};
}

base::Result<std::string> ReadRange(int fd, std::uint64_t offset, std::size_t bytes) {
  std::string text(bytes, '\0');
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t count = pread(fd, text.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return LastError("read file");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  return text;
}

}  // namespace cairn::os
