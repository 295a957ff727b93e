// The entries of the ModuleList stream that count as modules, without the texts they point at.
//
// Modules of a process do not overlap, but those of a dump do. Where and why:
// - ELF writers count a module from its load bias. On Android, libraries with packed relocations are mapped a
//   few pages behind it, so that a module's start reaches into the one below: 45 times in a dump of Firefox
//   on Android, where the process's mappings show that all ends are right. So modules are taken in the order
//   of their ends, and each begins where the one before ends (ModuleEntry::own_start); its base stays.
// - Elsewhere an overlap is a mistake of the writer. The lower module is cut off where the next begins, as
//   Breakpad does; rust-minidump drops the second.
// - Of two at the same place, one with a debug record is kept, else the first (Crashpad lists some twice).
#pragma once

#include <cstdint>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"
#include "model/system.h"

namespace cairn::minidump {

struct ModuleEntry {
  std::uint32_t index = 0;  // In the stream.
  std::uint64_t base = 0;
  std::uint64_t size = 0;        // Never zero; base + size never wraps.
  std::uint64_t own_start = 0;   // As of model::Module; less than size.
  std::uint32_t image_size = 0;  // As the entry says, which the code id needs.
  std::uint32_t timestamp = 0;
  std::uint32_t name_rva = 0;
  base::Bytes fixed_file_info;  // VS_FIXEDFILEINFO
  Location code_view;
};

// In the stream's order. What is left out is noted.
std::vector<ModuleEntry> ReadModuleEntries(const Minidump& dump, model::Os os,
                                           model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
