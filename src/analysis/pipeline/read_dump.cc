#include "analysis/pipeline/read_dump.h"

#include <utility>

#include "analysis/crash/reason.h"
#include "formats/minidump/annotations.h"
#include "formats/minidump/handles.h"
#include "formats/minidump/linux_text.h"
#include "formats/minidump/mac_info.h"
#include "formats/minidump/modules.h"
#include "formats/minidump/regions.h"
#include "formats/minidump/soft_errors.h"
#include "formats/minidump/system_info.h"
#include "formats/minidump/system_memory.h"
#include "formats/minidump/unloaded_modules.h"

namespace cairn::pipeline {
namespace {

using minidump::Minidump;
using model::CrashReport;

// Real reports have a few frames outside of modules and some dozens of unloaded modules.
constexpr std::size_t kMaxUnloadedLookups = std::size_t{1} << 22;

void ReadProcess(const Minidump& dump, CrashReport& report) {
  const minidump::MiscInfo misc = minidump::ReadMiscInfo(dump);
  report.process_id = misc.process_id;
  report.process_create_time_s = misc.process_create_time_s;
  if (dump.time_s() != 0) report.crash_time_s = dump.time_s();
  report.handles = minidump::ReadHandles(dump, report.diagnostics);
  report.process_limits = minidump::ReadProcessLimits(dump, report.diagnostics);
  report.mac_crash_info = minidump::ReadMacCrashInfo(dump, report.diagnostics);
  report.soft_errors = minidump::ReadSoftErrors(dump, report.diagnostics);
  report.annotations = minidump::ReadAnnotations(dump, report.diagnostics);
  report.module_annotations = minidump::ReadModuleAnnotations(dump, report.system.os, report.diagnostics);
}

void ReadSystem(const Minidump& dump, CrashReport& report) {
  report.system = minidump::ReadSystemInfo(dump, report.diagnostics);
  report.system.cpu_microcode = minidump::ReadMicrocode(dump);
  report.linux_release = minidump::ReadLinuxRelease(dump);
  report.mac_boot_args = minidump::ReadMacBootArgs(dump);
  report.system_memory = minidump::ReadSystemMemory(dump);
}

void ReadReason(const std::optional<minidump::ExceptionRecord>& exception, CrashReport& report) {
  if (!exception) return;
  crash::Reason reason = crash::ReadReason(report.system, {.code = exception->code,
                                                           .flags = exception->flags,
                                                           .address = exception->address,
                                                           .parameters = exception->parameters,
                                                           .process_id = report.process_id});
  report.crash.reason = std::move(reason.text);
  report.crash.address = reason.address;
}

bool IsLinux(model::Os os) { return os == model::Os::kLinux || os == model::Os::kAndroid; }

}  // namespace

DumpFacts ReadDump(const Minidump& dump, CrashReport& report) {
  DumpFacts facts;
  ReadSystem(dump, report);
  report.modules = minidump::ReadModules(dump, report.system.os, report.diagnostics);
  report.unloaded_modules = minidump::ReadUnloadedModules(dump, report.diagnostics);
  ReadProcess(dump, report);
  facts.regions = minidump::ReadRegions(dump, report.diagnostics);
  if (IsLinux(report.system.os) && !facts.regions.empty()) {
    report.linux_memory_map_count = static_cast<std::uint32_t>(facts.regions.size());
  }
  facts.exception = minidump::ReadException(dump, report.diagnostics);
  report.crash.assertion = minidump::ReadAssertion(dump);
  ReadReason(facts.exception, report);
  return facts;
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
