// Which registers and which stack each thread's walk starts from: the rules that join threads, exception and
// memory.
#pragma once

#include <bit>
#include <optional>
#include <vector>

#include "analysis/unwind/stack_memory.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/reader.h"
#include "formats/native_unwind/run_time_code.h"
#include "model/crash_report.h"
#include "model/registers.h"

namespace cairn::pipeline {

// Where a walk starts. `registers` is empty for a thread that has no readable context, and for the thread
// that wrote the dump: its stack shows the writer at work.
struct WalkStart {
  std::optional<model::Registers> registers;
  model::MemoryView stack;
};

// Everything borrows from the dump.
struct WalkStarts {
  std::vector<WalkStart> threads;                     // One per thread of the report.
  std::vector<model::MemoryView> memory;              // All that the dump holds, by start.
  std::vector<native::RunTimeTable> run_time_tables;  // Of code that was made at run time; Windows only.
  std::endian order = std::endian::little;
};

// Fills report.threads (without frames) and report.crash.thread. An exception whose thread is not in the list
// adds that thread; other tools lose such a crash (seen when the thread list was cut).
WalkStarts ReadThreads(const minidump::Minidump& dump,
                       const std::optional<minidump::ExceptionRecord>& exception, model::CrashReport& report);

}  // namespace cairn::pipeline
