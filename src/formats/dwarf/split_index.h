// Finds a split unit's parts in a package (.dwp), which holds what many .dwo files do.
//
// Source: DWARF 5 section 7.3.5 and, for version 2 of the index, GCC's wiki "DebugFissionDWP". The index is
// untrusted.
#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "formats/dwarf/debug_sections.h"

namespace cairn::dwarf {

// The sections of `package` cut to what the unit with this id has in them, by the package's .debug_cu_index;
// strings are shared by all. Nothing if there is no such unit.
std::optional<DebugSections> FindInPackage(const DebugSections& package, base::Bytes unit_index,
                                           std::uint64_t split_id);

}  // namespace cairn::dwarf
