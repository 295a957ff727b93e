// Reads functions, lines and inlined calls out of DWARF, on several threads.
#pragma once

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/unit_store.h"

namespace cairn::symgen {

// Sections without debug information give no functions. What is given does not depend on the number of
// threads. `input` is given up as soon as it was read, because unpacked sections are most of the memory that
// this takes.
DebugInfo ReadDwarf(DwarfInput input, const CodeMap& code, unsigned threads);

}  // namespace cairn::symgen
