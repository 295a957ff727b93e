// Opens a PE file (an image of Windows) as a ModuleInput.
#pragma once

#include <optional>
#include <string>

#include "analysis/symgen/module_input.h"
#include "base/result.h"

namespace cairn::symgen {

struct PeFiles {
  base::Bytes file;
  // A PDB, or the PE file with the DWARF of a stripped one. Without it, of what the image holds itself.
  std::optional<base::Bytes> debug_file;
  std::string code_file;  // The image's name.
};

// kBadValue if the PDB belongs to another build.
base::Result<ModuleInput> OpenPeModule(const PeFiles& files);

}  // namespace cairn::symgen
