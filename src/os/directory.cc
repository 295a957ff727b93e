#include "os/directory.h"

#include <unistd.h>

#include <cerrno>

namespace cairn::os {

base::Status RemoveEmptyDirectory(const std::string& path) {
  if (rmdir(path.c_str()) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST ||
      errno == ENOTDIR)
    return {};
  return base::Error{base::Code::kIo, static_cast<std::uint64_t>(errno), "remove folder"};
}

}  // namespace cairn::os
