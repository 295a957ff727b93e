// Where the debug information of a stripped binary is: the places that debuggers look at.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "analysis/symgen/file_facts.h"
#include "os/file.h"

namespace cairn::apps {

// The path of the debug file of the binary at `path`, or empty. By build id in `debug_folders`; by
// .gnu_debuglink beside the binary, in .debug there, and in `debug_folders` under the binary's path; a PDB
// beside the image or where its linker wrote it; the dSYM bundle beside a Mach-O file. What is there but
// belongs to another build is passed over.
std::string FindDebugFile(const std::string& path, const symgen::FileFacts& facts,
                          const std::vector<std::string>& debug_folders);

// The path of what the debug file at `path` shares with others, or empty.
std::string FindSharedFile(const std::string& path, const symgen::FileFacts& facts,
                           const std::vector<std::string>& debug_folders);

// The package of .dwo files beside a binary or its debug file, or empty: NAME.dwp, and NAME.debug's as well.
std::string FindSplitPackage(const std::string& path, const std::string& debug_path);

// Opens .dwo files for those who make symbols, and keeps them open: where the compiler wrote them, else
// beside the binary. Any number of threads may ask.
class SplitFiles {
 public:
  explicit SplitFiles(const std::string& binary);
  std::optional<base::Bytes> Open(const std::string& path);

 private:
  const std::string folder_;
  std::mutex mutex_;
  std::deque<os::MappedFile> files_;  // Guarded by mutex_.
};

// The files with debug information in a dSYM bundle, sorted; empty if the folder is none.
std::vector<std::string> ListBundle(const std::string& folder);

}  // namespace cairn::apps
