// The files that `cairn symbols gen` makes symbol files of: what its arguments name, looked at, and debug
// files put beside the binaries that they belong to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/symgen/file_facts.h"
#include "base/result.h"
#include "model/module.h"
#include "os/file.h"

namespace cairn::apps {

// One symbol file to be made, or the reason why there is none.
struct SymgenJob {
  std::string path;
  model::Cpu slice =
      model::Cpu::kUnknown;  // Which file of a fat archive; of other files kUnknown or its own.
  symgen::FileKind kind = symgen::FileKind::kOther;
  model::DebugId debug_id;
  std::string name;        // What crash reports call the debug file.
  std::string debug_path;  // Where the debug information is; empty: in the file itself, or nowhere.
  model::Cpu debug_slice = model::Cpu::kUnknown;
  std::string shared_path;     // What the debug information shares with other files.
  std::string split_path;      // The package (.dwp) of what -gsplit-dwarf split off; empty: none.
  std::string missing_shared;  // The name of such a file that is nowhere.
  bool has_debug_info = false;
  std::optional<base::Error> error;
};

struct SymgenInputs {
  std::vector<std::string> paths;  // Files and folders; of a folder all files below it that are binaries.
  // Where debug files lie by build id and by path, as /usr/lib/debug is laid out.
  std::vector<std::string> debug_folders;
  std::string debug_file;  // Of the one path; empty: looked for.
  std::string name;        // Of the one path; empty: that of its file.
};

// In the order of the arguments, folders by name.
std::vector<SymgenJob> FindSymgenJobs(const SymgenInputs& inputs);

// The file, or the one in a fat archive.
base::Result<base::Bytes> TakeSlice(base::Bytes file, model::Cpu slice);

}  // namespace cairn::apps
