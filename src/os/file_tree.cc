#include "os/file_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace cairn::os {
namespace {

base::Status AddTree(const std::string& folder, int depth_left, std::vector<TreeFile>& files) {
  const base::Result<std::vector<std::string>> names = ListDirectory(folder);
  if (!names)
    return names.error().code == base::Code::kNotFound ? base::Status() : base::Status(names.error());
  for (const std::string& name : *names) {
    std::string path = std::string(folder).append("/").append(name);
    const base::Result<FileInfo> info = Inspect(path);
    if (!info) continue;
    if (!info->is_directory) {
      files.push_back({std::move(path), *info});
    } else if (depth_left > 0) {
      RETURN_IF_ERROR(AddTree(path, depth_left - 1, files));
    }
  }
  return {};
}

}  // namespace

base::Result<std::vector<TreeFile>> ListTree(const std::string& folder, int depth_max) {
  std::vector<TreeFile> files;
  RETURN_IF_ERROR(AddTree(folder, depth_max, files));
  return files;
}

void RemoveEmptyFolders(const std::string& root, const std::string& path) {
  std::string folder = path.substr(0, path.rfind('/'));
  while (folder.size() > root.size() && rmdir(folder.c_str()) == 0) folder.resize(folder.rfind('/'));
}

base::Status Touch(const std::string& path) {
  if (utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) return {};
  if (errno == ENOENT) return base::Error{base::Code::kNotFound, 0, "file"};
  return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "set the time of a file"};
}

}  // namespace cairn::os
