// Whole trees of files, for whoever keeps one in bounds.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "os/file.h"

namespace cairn::os {

struct TreeFile {
  std::string path;
  FileInfo info;
};

// All files below a folder that are no folders, to a depth of `depth_max` folders below it; no error if the
// folder is not there. Files that go meanwhile are left out. Symbolic links to folders are followed: the tree
// is the caller's own.
base::Result<std::vector<TreeFile>> ListTree(const std::string& folder, int depth_max);

// Removes the folder that `path` lies in, and those around it up to `root`, where they are empty.
void RemoveEmptyFolders(const std::string& root, const std::string& path);

// The file's time of modification is now.
base::Status Touch(const std::string& path);

}  // namespace cairn::os
