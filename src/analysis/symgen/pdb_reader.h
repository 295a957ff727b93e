// Reads functions, lines, inlined calls, public symbols and frame data out of PDB files, by LLVM.
//
// LLVM's reader is not hardened against hostile files: where strangers' files are read, it belongs in a
// process of its own.
#pragma once

#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/module_input.h"
#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::symgen {

bool IsPdb(base::Bytes bytes);

// A PDB whose image is not at hand: no code id, and no unwind tables but its own for x86.
base::Result<ModuleInput> OpenPdbModule(base::Bytes pdb);

// What `module.pdb` says. Adds the public symbols to `module.symbols`, and the frame data of x86.
base::Result<DebugInfo> ReadPdb(ModuleInput& module);

}  // namespace cairn::symgen
