#include "analysis/pipeline/read_threads.h"

#include "analysis/crash/windows_codes.h"
#include "formats/minidump/context.h"
#include "formats/minidump/function_table.h"
#include "formats/minidump/memory.h"
#include "formats/minidump/threads.h"

namespace cairn::pipeline {
namespace {

using minidump::ExceptionRecord;
using minidump::Memory;
using minidump::Minidump;
using minidump::ThreadRecord;
using model::MemoryView;

// The registers of a crash are in the exception's context: the thread's own may show the signal handler.
std::optional<model::Registers> ChooseRegisters(const Minidump& dump, const ThreadRecord& thread,
                                                const ExceptionRecord* exception, model::Cpu cpu) {
  if (exception != nullptr && exception->context) {
    if (auto registers = minidump::ReadContext(dump, *exception->context, cpu)) return registers;
  }
  if (!thread.context) return std::nullopt;
  return minidump::ReadContext(dump, *thread.context, cpu);
}

// The thread's own stack bytes; if they are not in the file, the memory list's at that address. If neither
// holds the stack pointer, which happens on an alternate signal stack, whatever memory does.
std::optional<MemoryView> ChooseStack(const ThreadRecord& thread, const Memory& memory,
                                      std::optional<std::uint64_t> sp) {
  std::optional<MemoryView> stack = thread.stack;
  if (!stack && thread.stack_start.value != 0) stack = memory.Find(thread.stack_start);
  if (sp && (!stack || !stack->Contains({*sp}))) {
    if (const std::optional<MemoryView> range = memory.Find({*sp})) stack = range;
  }
  return stack;
}

std::optional<std::uint32_t> FindThread(const std::vector<ThreadRecord>& threads, std::uint32_t id) {
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (threads[i].id == id) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

// What GetLastError() would have said: LastErrorValue, the thread environment block's field behind thirteen
// pointers (winternl.h). Empty where the dump does not hold the block.
std::string LastErrorOf(const Minidump& dump, const Memory& memory, const ThreadRecord& thread,
                        const model::SystemInfo& system) {
  constexpr std::uint64_t kPointersBefore = 13;
  if (system.os != model::Os::kWindows || thread.teb.value == 0) return {};
  const std::uint64_t distance =
      kPointersBefore * static_cast<std::uint64_t>(model::PointerBytes(system.cpu));
  const model::ProcessAddress address{thread.teb.value + distance};
  const std::optional<MemoryView> range = memory.Find(address);
  if (!range) return {};
  base::ByteReader reader = dump.Reader(range->From(address));
  const auto code = reader.Read<std::uint32_t>();
  return reader.ok() ? crash::Win32ErrorName(code) : std::string();
}

std::vector<native::RunTimeTable> ReadRunTimeTables(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::vector<native::RunTimeTable> tables;
  for (const minidump::FunctionTable& table : minidump::ReadFunctionTables(dump, diagnostics)) {
    tables.push_back({.range = {.start = table.start, .end = table.end, .base = table.base},
                      .entries = table.entries,
                      .entry_bytes = table.entry_bytes});
  }
  return tables;
}

}  // namespace

WalkStarts ReadThreads(const Minidump& dump, const std::optional<ExceptionRecord>& exception,
                       model::CrashReport& report) {
  std::vector<ThreadRecord> threads = minidump::ReadThreads(dump, report.diagnostics);
  const Memory memory = Memory::Read(dump, report.diagnostics);
  const minidump::BreakpadInfo breakpad = minidump::ReadBreakpadInfo(dump);
  if (exception) {
    report.crash.thread = FindThread(threads, exception->thread_id);
    if (!report.crash.thread) {
      report.diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, 0, "the exception's thread"});
      report.crash.thread = static_cast<std::uint32_t>(threads.size());
      threads.push_back({.id = exception->thread_id});
    }
  } else if (breakpad.requesting_thread_id) {
    report.crash.thread = FindThread(threads, *breakpad.requesting_thread_id);
  }

  const model::Cpu cpu = report.system.cpu;
  const model::RegisterTable* const table = model::FindRegisterTable(cpu);
  WalkStarts starts{.threads = {},
                    .memory = memory.ranges(),
                    .run_time_tables = ReadRunTimeTables(dump, report.diagnostics),
                    .order = dump.order()};
  starts.threads.reserve(threads.size());
  for (std::size_t i = 0; i < threads.size(); ++i) {
    ThreadRecord& thread = threads[i];
    const bool is_crashing = report.crash.thread == i;
    WalkStart start;
    if (is_crashing || breakpad.dump_thread_id != thread.id) {
      start.registers = ChooseRegisters(dump, thread, is_crashing && exception ? &*exception : nullptr, cpu);
      if (!start.registers) {
        report.diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, i, "registers of a thread"});
      }
    }
    if (start.registers && table != nullptr) {
      if (const auto stack = ChooseStack(thread, memory, start.registers->Get(table->sp))) {
        start.stack = {.start = stack->start, .bytes = stack->bytes};
      } else {
        report.diagnostics.Add(model::Stage::kMinidump, {base::Code::kNotFound, i, "stack of a thread"});
      }
    }
    starts.threads.push_back(start);
    report.threads.push_back({.id = thread.id,
                              .name = std::move(thread.name),
                              .last_error = LastErrorOf(dump, memory, thread, report.system)});
  }
  return starts;
}

}  // namespace cairn::pipeline
