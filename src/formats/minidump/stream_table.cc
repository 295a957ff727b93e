#include "formats/minidump/stream_table.h"

#include <algorithm>

#include "formats/minidump/annotations.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/handles.h"
#include "formats/minidump/layouts.h"
#include "formats/minidump/linux_text.h"
#include "formats/minidump/mac_info.h"
#include "formats/minidump/modules.h"
#include "formats/minidump/own_printers.h"
#include "formats/minidump/soft_errors.h"
#include "formats/minidump/system_info.h"
#include "formats/minidump/system_memory.h"
#include "formats/minidump/unloaded_modules.h"

namespace cairn::minidump {
namespace {

using model::CrashReport;
using wire::StreamType;
using Form = StreamForm;

void ReadSystem(const Minidump& dump, CrashReport& report) {
  report.system = ReadSystemInfo(dump, report.diagnostics);
}

void ReadProcess(const Minidump& dump, CrashReport& report) {
  const MiscInfo info = ReadMiscInfo(dump);
  report.process_id = info.process_id;
  report.process_create_time_s = info.process_create_time_s;
}

void ReadLoadedModules(const Minidump& dump, CrashReport& report) {
  report.modules = ReadModules(dump, report.system.os, report.diagnostics);
}

void ReadUnloaded(const Minidump& dump, CrashReport& report) {
  report.unloaded_modules = ReadUnloadedModules(dump, report.diagnostics);
}

void ReadOpenHandles(const Minidump& dump, CrashReport& report) {
  report.handles = ReadHandles(dump, report.diagnostics);
}

void ReadMemoryOfSystem(const Minidump& dump, CrashReport& report) {
  report.system_memory = ReadSystemMemory(dump);
}

void ReadAssertionText(const Minidump& dump, CrashReport& report) {
  report.crash.assertion = ReadAssertion(dump);
}

void ReadRelease(const Minidump& dump, CrashReport& report) { report.linux_release = ReadLinuxRelease(dump); }

void ReadCrashpad(const Minidump& dump, CrashReport& report) {
  report.annotations = ReadAnnotations(dump, report.diagnostics);
  report.module_annotations = ReadModuleAnnotations(dump, report.system.os, report.diagnostics);
  // The texts of modules may have been cut, and the modules with them.
  std::erase_if(report.module_annotations, [&](const model::ModuleAnnotations& annotations) {
    return annotations.module >= report.modules.size();
  });
}

void ReadMacRecords(const Minidump& dump, CrashReport& report) {
  report.mac_crash_info = ReadMacCrashInfo(dump, report.diagnostics);
}

void ReadBootArgs(const Minidump& dump, CrashReport& report) { report.mac_boot_args = ReadMacBootArgs(dump); }

void ReadLimits(const Minidump& dump, CrashReport& report) {
  report.process_limits = ReadProcessLimits(dump, report.diagnostics);
}

void ReadWriterErrors(const Minidump& dump, CrashReport& report) {
  report.soft_errors = ReadSoftErrors(dump, report.diagnostics);
}

constexpr std::uint32_t kThreadExSize = 64;
constexpr std::uint32_t kHandleOperationSize = 24;

// clang-format off: one row a line or two.
constexpr StreamRow kTable[] = {
    {.type = StreamType::kSystemInfo, .name = "SystemInfo", .form = Form::kStruct, .fields = layouts::kSystemInfo,
     .read = ReadSystem},
    {.type = StreamType::kMiscInfo, .name = "MiscInfo", .form = Form::kStruct, .fields = layouts::kMiscInfo,
     .read = ReadProcess},
    {.type = StreamType::kThreadList, .name = "ThreadList", .form = Form::kList, .fields = layouts::kThread,
     .entry_bytes = wire::kThreadSize},
    {.type = StreamType::kModuleList, .name = "ModuleList", .form = Form::kList, .fields = layouts::kModule,
     .entry_bytes = wire::kModuleSize, .read = ReadLoadedModules},
    {.type = StreamType::kMemoryList, .name = "MemoryList", .form = Form::kList, .fields = layouts::kMemory,
     .entry_bytes = wire::kMemoryDescriptorSize},
    {.type = StreamType::kException, .name = "Exception", .form = Form::kStruct, .fields = layouts::kException},
    {.type = StreamType::kThreadExList, .name = "ThreadExList", .form = Form::kList, .fields = layouts::kThreadEx,
     .entry_bytes = kThreadExSize},
    {.type = StreamType::kMemory64List, .name = "Memory64List", .form = Form::kOwn, .print = PrintFullMemory},
    {.type = StreamType::kCommentA, .name = "CommentA", .form = Form::kLines},
    {.type = StreamType::kCommentW, .name = "CommentW", .form = Form::kUtf16},
    {.type = StreamType::kHandleData, .name = "HandleData", .form = Form::kSizedList, .fields = layouts::kHandle,
     .entry_bytes = wire::kHandleDescriptorSize, .read = ReadOpenHandles},
    {.type = StreamType::kFunctionTable, .name = "FunctionTable", .form = Form::kOwn, .print = PrintFunctionTables},
    {.type = StreamType::kUnloadedModuleList, .name = "UnloadedModuleList", .form = Form::kSizedList,
     .fields = layouts::kUnloadedModule, .entry_bytes = wire::kUnloadedModuleSize, .read = ReadUnloaded},
    {.type = StreamType::kMemoryInfoList, .name = "MemoryInfoList", .form = Form::kSizedList64,
     .fields = layouts::kMemoryInfo, .entry_bytes = wire::kMemoryInfoSize},
    {.type = StreamType::kThreadInfoList, .name = "ThreadInfoList", .form = Form::kSizedList,
     .fields = layouts::kThreadInfo, .entry_bytes = wire::kThreadInfoSize},
    {.type = StreamType::kHandleOperationList, .name = "HandleOperationList", .form = Form::kSizedList,
     .fields = layouts::kHandleOperation, .entry_bytes = kHandleOperationSize},
    {.type = StreamType::kToken, .name = "Token"},
    {.type = StreamType::kJavaScriptData, .name = "JavaScriptData"},
    {.type = StreamType::kSystemMemoryInfo, .name = "SystemMemoryInfo", .form = Form::kStruct,
     .fields = layouts::kSystemMemory, .read = ReadMemoryOfSystem},
    {.type = StreamType::kProcessVmCounters, .name = "ProcessVmCounters", .form = Form::kOwn,
     .print = PrintVmCounters},
    {.type = StreamType::kIptTrace, .name = "IptTrace"},
    {.type = StreamType::kThreadNames, .name = "ThreadNames", .form = Form::kList, .fields = layouts::kThreadName,
     .entry_bytes = wire::kThreadNameSize},
    {.type = StreamType::kBreakpadInfo, .name = "BreakpadInfo", .form = Form::kStruct,
     .fields = layouts::kBreakpadInfo},
    {.type = StreamType::kAssertionInfo, .name = "AssertionInfo", .form = Form::kStruct,
     .fields = layouts::kAssertion, .read = ReadAssertionText},
    {.type = StreamType::kLinuxCpuInfo, .name = "LinuxCpuInfo", .form = Form::kLines},
    {.type = StreamType::kLinuxProcStatus, .name = "LinuxProcStatus", .form = Form::kLines},
    {.type = StreamType::kLinuxLsbRelease, .name = "LinuxLsbRelease", .form = Form::kLines, .read = ReadRelease},
    {.type = StreamType::kLinuxCommandLine, .name = "LinuxCmdLine", .form = Form::kStrings},
    {.type = StreamType::kLinuxEnviron, .name = "LinuxEnviron", .form = Form::kStrings},
    {.type = StreamType::kLinuxAuxv, .name = "LinuxAuxv", .form = Form::kRepeated,
     .fields = layouts::kAuxiliaryValue},
    {.type = StreamType::kLinuxMaps, .name = "LinuxMaps", .form = Form::kLines},
    {.type = StreamType::kLinuxDsoDebug, .name = "LinuxDsoDebug", .form = Form::kStruct,
     .fields = layouts::kDsoDebug},
    {.type = StreamType::kCrashpadInfo, .name = "CrashpadInfo", .form = Form::kOwn, .print = PrintCrashpadInfo,
     .read = ReadCrashpad},
    {.type = StreamType::kStabilityReport, .name = "StabilityReport"},
    {.type = StreamType::kMozMacosCrashInfo, .name = "MozMacosCrashInfo", .form = Form::kOwn,
     .print = PrintMacCrashInfo, .read = ReadMacRecords},
    {.type = StreamType::kMozMacosBootargs, .name = "MozMacosBootargs", .form = Form::kStruct,
     .fields = layouts::kMacBootArgs, .read = ReadBootArgs},
    {.type = StreamType::kMozLinuxLimits, .name = "MozLinuxLimits", .form = Form::kLines, .read = ReadLimits},
    {.type = StreamType::kMozSoftErrors, .name = "MozSoftErrors", .form = Form::kLines, .read = ReadWriterErrors},
};
// clang-format on

}  // namespace

std::span<const StreamRow> StreamTable() { return kTable; }

const StreamRow* FindStreamRow(std::uint32_t type) {
  const auto row = std::ranges::find(kTable, static_cast<StreamType>(type), &StreamRow::type);
  return row == std::end(kTable) ? nullptr : &*row;
}

std::string_view StreamVendor(std::uint32_t type) {
  constexpr std::uint32_t kVendorShift = 16;
  switch (type >> kVendorShift) {
    case 0: return "Microsoft";  // Up to LastReservedStream, 0xffff.
    case 0x4350: return "Crashpad";
    case 0x4767: return "Breakpad";
    case 0x4b6b: return "Chromium";
    case 0x4d7a: return "Mozilla";
    default: return "unknown vendor";
  }
}

void ReadStreams(const Minidump& dump, CrashReport& report) {
  for (const StreamRow& row : kTable) {
    if (row.read != nullptr) row.read(dump, report);
  }
}

}  // namespace cairn::minidump
