// ReadDump takes from a dump all that needs no walk: the machine, the process, modules, the exception.
#pragma once

#include <optional>
#include <vector>

#include "analysis/crash/instruction.h"
#include "analysis/pipeline/read_threads.h"
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

// Adds to report.crash what the crashing thread's registers, its instruction and the memory around it tell.
// Without `decode` only what needs no disassembler.
void AddCrashFacts(const DumpFacts& facts, const WalkStarts& starts, crash::InstructionDecoder decode,
                   model::CrashReport& report);

// Says of each frame that lies in no module in which unloaded modules it does. The work is bounded: a hostile
// dump has many frames and many unloaded modules.
void NameUnloadedModules(model::CrashReport& report);

}  // namespace cairn::pipeline
