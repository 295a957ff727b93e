// ReadDump takes from a dump all that needs no walk: the machine, the process, modules, the exception.
#pragma once

#include <optional>
#include <vector>

#include "formats/minidump/exception.h"
#include "formats/minidump/reader.h"
#include "model/crash_report.h"

namespace cairn::pipeline {

// What later steps need and the report does not keep.
struct DumpFacts {
  std::optional<minidump::ExceptionRecord> exception;  // Its context is borrowed from the dump.
  std::vector<model::MemoryMapping> regions;           // Sorted by start; empty if the dump does not tell.
};

// Fills everything of `report` but threads, signature and what the crashing instruction tells.
DumpFacts ReadDump(const minidump::Minidump& dump, model::CrashReport& report);

// Says of each frame that lies in no module in which unloaded modules it does. The work is bounded: a hostile
// dump has many frames and many unloaded modules.
void NameUnloadedModules(model::CrashReport& report);

}  // namespace cairn::pipeline
