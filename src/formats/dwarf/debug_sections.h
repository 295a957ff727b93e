// The sections of debug information that name functions and lines, wherever they come from: ELF, PE or
// Mach-O.
#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace cairn::dwarf {

// Unpacked and borrowed; little-endian. What a file lacks is empty.
struct DebugSections {
  base::Bytes info;
  base::Bytes abbreviations;
  base::Bytes line;
  base::Bytes line_strings;
  base::Bytes strings;
  base::Bytes string_offsets;
  base::Bytes addresses;
  base::Bytes ranges;       // .debug_ranges, to DWARF 4.
  base::Bytes range_lists;  // .debug_rnglists, from DWARF 5.
};

// A place in .debug_info.
struct EntryReference {
  std::uint64_t offset = 0;
  bool alternate = false;  // In the file that several files of debug information share (dwz).
  friend auto operator<=>(const EntryReference&, const EntryReference&) = default;
};

}  // namespace cairn::dwarf
