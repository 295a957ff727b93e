// Opens a Mach-O file of one CPU, and the file of its dSYM bundle, as a ModuleInput.
#pragma once

#include <optional>

#include "analysis/symgen/module_input.h"
#include "base/result.h"

namespace cairn::symgen {

bool IsMachO(base::Bytes bytes);

// kBadValue if the debug file has another UUID; kUnsupported for a fat archive, whose files are to be taken
// apart before (object::MachOSlices), and for big-endian files.
base::Result<ModuleInput> OpenMachOModule(base::Bytes file, std::optional<base::Bytes> debug_file);

}  // namespace cairn::symgen
