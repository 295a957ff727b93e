// Turns a row of call frame information into the unwinder's own form.
#pragma once

#include <optional>

#include "formats/dwarf/frame_machine.h"
#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::dwarf {

// Nothing if the CFA is unknown or computed by an expression that a model::Rule cannot say: such a row is of
// no use. A register whose expression a Rule cannot say becomes undefined, and one that `table` does not name
// is left out. A callee-saved register that is said to be unchanged has no rule, which means the same.
std::optional<model::UnwindRow> TranslateState(const FrameSection& section, const CommonEntry& common,
                                               const FrameState& state, const model::RegisterTable& table);

}  // namespace cairn::dwarf
