// How those streams are printed that no table of fields describes.
#pragma once

#include "formats/minidump/dump_printer.h"

namespace cairn::minidump {

void PrintFullMemory(DumpPrinter& printer, base::Bytes stream);      // Memory64List
void PrintFunctionTables(DumpPrinter& printer, base::Bytes stream);  // FunctionTable
void PrintVmCounters(DumpPrinter& printer, base::Bytes stream);      // ProcessVmCounters
void PrintCrashpadInfo(DumpPrinter& printer, base::Bytes stream);    // CrashpadInfo
void PrintMacCrashInfo(DumpPrinter& printer, base::Bytes stream);    // MozMacosCrashInfo

// The elements of a list that begins with a u32 count, of `entry_bytes` each.
void PrintList(DumpPrinter& printer, base::Bytes stream, std::uint32_t entry_bytes,
               std::span<const Field> fields);

}  // namespace cairn::minidump
