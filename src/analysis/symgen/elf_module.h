// Opens an ELF file, and the files that hold its debug information, as a ModuleInput.
#pragma once

#include <optional>

#include "analysis/symgen/module_input.h"
#include "base/result.h"

namespace cairn::symgen {

struct ElfFiles {
  base::Bytes file;                          // The binary, or its debug file alone.
  std::optional<base::Bytes> debug_file;     // Where the binary was stripped.
  std::optional<base::Bytes> shared_file;    // What .gnu_debugaltlink names.
  unsigned threads = 1;                      // To unpack sections.
  std::optional<base::Bytes> split_package;  // A .dwp file.
  SplitOpener open_split;
};

// kBadValue if the debug file belongs to another build, or a section of debug information cannot be unpacked.
base::Result<ModuleInput> OpenElfModule(const ElfFiles& files);

// Opens a .dwo or .dwp file.
base::Result<SplitFile> OpenSplitFile(base::Bytes bytes, unsigned threads);

}  // namespace cairn::symgen
