// Which registers and which stack each thread's walk starts from: the rules that join threads, exception and
// memory.
#pragma once

#include <optional>
#include <vector>

#include "analysis/unwind/stack_memory.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/registers.h"

namespace cairn::pipeline {

// Where a walk starts. `registers` is empty for a thread that has no readable context, and for the thread
// that wrote the dump: its stack shows the writer at work.
struct WalkStart {
  std::optional<model::Registers> registers;
  unwind::StackMemory stack;
};

// Fills report.threads (without frames) and report.crash.thread, and gives one WalkStart per thread. An
// exception whose thread is not in the list adds that thread; other tools lose such a crash (seen when the
// thread list was cut).
std::vector<WalkStart> ReadThreads(const minidump::Minidump& dump,
                                   const std::optional<minidump::ExceptionRecord>& exception,
                                   model::CrashReport& report);

}  // namespace cairn::pipeline
