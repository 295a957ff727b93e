#include "os/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "os/random.h"

namespace cairn::os {

base::Result<TemporaryFile> TemporaryFile::Create(const std::string& folder, const std::string& stem) {
  std::string path = std::string(folder).append("/").append(stem).append(".part-").append(RandomUuid());
  FileDescriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "temporary file"};
  return TemporaryFile(std::move(fd), std::move(path));
}

TemporaryFile::~TemporaryFile() {
  if (fd_.valid()) unlink(path_.c_str());
}

base::Status TemporaryFile::RenameTo(const std::string& path) {
  if (fsync(fd_.get()) != 0)
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "temporary file"};
  const base::Status renamed = RenameDurably(path_, path);
  if (renamed) {
    fd_.Reset();
    path_ = path;
    return {};
  }
  if (renamed.error().code != base::Code::kIo || renamed.error().offset != EXDEV) return renamed;
  ASSIGN_OR_RETURN(const MappedFile file, MappedFile::FromDescriptor(fd_.get()));
  return WriteFileDurably(path, file.bytes());
}

}  // namespace cairn::os
