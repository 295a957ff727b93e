// Reads functions, lines and inlined calls out of an ELF file's DWARF, by LLVM.
#pragma once

#include <vector>

#include "analysis/symgen/debug_info.h"
#include "base/byte_reader.h"
#include "base/result.h"

namespace cairn::symgen {

// A file without debug information gives no functions. `code` says where the module's code lies, as offsets
// from its first byte, whose link address is `load_base`.
base::Result<DebugInfo> ReadDebugInfo(base::Bytes elf, std::vector<AddressRange> code,
                                      std::uint64_t load_base);

}  // namespace cairn::symgen
