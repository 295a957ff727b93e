// Prints the records of a Breakpad symbol file.
#pragma once

#include <string_view>
#include <vector>

#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/module_input.h"
#include "analysis/symgen/public_symbols.h"
#include "analysis/symgen/text_writer.h"

namespace cairn::symgen {

// MODULE and INFO CODE_ID. `name` is that of the debug file.
void PrintModule(const ModuleInput& module, std::string_view name, TextWriter& writer);

// FILE, INLINE_ORIGIN, and FUNC with what belongs to it. Files and names that nothing refers to are left out.
void PrintDebugInfo(const DebugInfo& info, TextWriter& writer);

// PUBLIC, with demangled names.
void PrintPublicSymbols(const std::vector<PublicSymbol>& symbols, TextWriter& writer);

// STACK WIN.
void PrintWindowsFrames(const std::vector<WindowsFrame>& frames, TextWriter& writer);

}  // namespace cairn::symgen
