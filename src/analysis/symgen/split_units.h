// Reads units that -gsplit-dwarf left in .dwo files or in a package of them (.dwp).
#pragma once

#include <optional>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/unit_functions.h"
#include "analysis/symgen/unit_store.h"

namespace cairn::symgen {

// What the split unit of `skeleton` says, which is a unit of `input`; nothing if it is neither in the package
// nor in the file that the skeleton names.
std::optional<UnitBatch> ReadSplitUnit(const DwarfInput& input, const dwarf::DebugUnit& skeleton,
                                       const CodeMap& code, BatchWork& work);

}  // namespace cairn::symgen
