// Prints unwind tables as the STACK CFI records of a Breakpad symbol file.
#pragma once

#include <string>
#include <vector>

#include "analysis/symgen/text_writer.h"
#include "formats/dwarf/eh_frame.h"
#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::symgen {

// "$rsp 8 +": a rule in postfix; ".undef" for one that is empty.
std::string RuleText(const model::Rule& rule, const model::RegisterTable& table);

// The records of one function: an INIT and what changes after it. Where a row's CFA cannot be said, the range
// is left out, and what follows begins with an INIT of its own.
void PrintCfi(const std::vector<dwarf::FrameRow>& rows, const model::RegisterTable& table,
              TextWriter& writer);

}  // namespace cairn::symgen
