// Where the debug information of a stripped binary is: the places that debuggers look at.
#pragma once

#include <string>
#include <vector>

#include "analysis/symgen/file_facts.h"

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

// The files with debug information in a dSYM bundle, sorted; empty if the folder is none.
std::vector<std::string> ListBundle(const std::string& folder);

}  // namespace cairn::apps
