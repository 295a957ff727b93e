#include "analysis/pipeline/read_dump.h"

#include <optional>
#include <utility>

#include "analysis/crash/facts.h"
#include "analysis/crash/reason.h"
#include "formats/minidump/regions.h"
#include "formats/minidump/stream_table.h"

namespace cairn::pipeline {
namespace {

using minidump::Minidump;
using model::CrashReport;

// Real reports have a few frames outside of modules and some dozens of unloaded modules.
constexpr std::size_t kMaxUnloadedLookups = std::size_t{1} << 22;

crash::ExceptionNumbers NumbersOf(const minidump::ExceptionRecord& exception, const CrashReport& report) {
  return {.code = exception.code,
          .flags = exception.flags,
          .address = exception.address,
          .parameters = exception.parameters,
          .process_id = report.process_id};
}

void ReadReason(const std::optional<minidump::ExceptionRecord>& exception, CrashReport& report) {
  if (!exception) return;
  crash::Reason reason = crash::ReadReason(report.system, NumbersOf(*exception, report));
  report.crash.reason = std::move(reason.text);
  report.crash.address = reason.address;
}

bool IsLinux(model::Os os) { return os == model::Os::kLinux || os == model::Os::kAndroid; }

}  // namespace

DumpFacts ReadDump(const Minidump& dump, CrashReport& report) {
  DumpFacts facts;
  minidump::ReadStreams(dump, report);
  if (dump.time_s() != 0) report.crash_time_s = dump.time_s();
  facts.regions = minidump::ReadRegions(dump, report.diagnostics);
  if (IsLinux(report.system.os) && !facts.regions.empty()) {
    report.linux_memory_map_count = static_cast<std::uint32_t>(facts.regions.size());
  }
  facts.exception = minidump::ReadException(dump, report.diagnostics);
  ReadReason(facts.exception, report);
  return facts;
}

void AddCrashFacts(const DumpFacts& facts, const WalkStarts& starts, crash::InstructionDecoder decode,
                   CrashReport& report) {
  const model::RegisterTable* const table = model::FindRegisterTable(report.system.cpu);
  const std::size_t thread = report.crash.thread.value_or(starts.threads.size());
  if (!facts.exception || table == nullptr || thread >= starts.threads.size()) return;
  const std::optional<model::Registers>& registers = starts.threads[thread].registers;
  const std::optional<std::uint64_t> pc = registers ? registers->Get(table->pc) : std::nullopt;
  if (!pc) return;
  base::Bytes code;
  if (const auto holder = model::FindMemory(starts.memory, {*pc})) code = holder->From({*pc});
  const crash::ExceptionNumbers numbers = NumbersOf(*facts.exception, report);
  crash::AddInstructionFacts({.system = report.system,
                              .exception = numbers,
                              .context = *registers,
                              .pc = {*pc},
                              .code_at_pc = code,
                              .regions = facts.regions,
                              .memory = starts.memory,
                              .decode = decode},
                             report.crash);
}

void NameUnloadedModules(CrashReport& report) {
  if (report.unloaded_modules.empty()) return;
  std::size_t lookups = 0;
  for (model::Thread& thread : report.threads) {
    for (model::Frame& frame : thread.frames) {
      if (frame.module) continue;
      lookups += report.unloaded_modules.size();
      if (lookups > kMaxUnloadedLookups) {
        return report.diagnostics.Add(model::Stage::kMinidump,
                                      {base::Code::kLimitExceeded, lookups, "frames in unloaded modules"});
      }
      for (std::uint32_t i = 0; i < report.unloaded_modules.size(); ++i) {
        const model::UnloadedModule& module = report.unloaded_modules[i];
        const std::uint64_t offset = frame.instruction.value - module.base.value;
        if (frame.instruction < module.base || offset >= module.size) continue;
        frame.unloaded_modules.push_back({.module = i, .offset = {offset}});
      }
    }
  }
}

}  // namespace cairn::pipeline
