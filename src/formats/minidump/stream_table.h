// The one table of streams: what each is called, how it is printed, and what reads it into a report.
//
// The reader of reports, the printer of dumps (dump_text.h) and the fuzzer run over it, so that a stream is
// known to all of them or to none.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "formats/minidump/dump_printer.h"
#include "formats/minidump/reader.h"
#include "model/crash_report.h"

namespace cairn::minidump {

// How a stream is built, for the printer.
enum class StreamForm : std::uint8_t {
  kBytes,        // Nothing is known of it, or nothing that a person would read.
  kStruct,       // `fields`, once.
  kRepeated,     // `fields`, up to the end.
  kList,         // A u32 count, then `fields` that often (list.h, OpenList).
  kSizedList,    // A header with sizes, then `fields` (list.h, OpenSizedList).
  kSizedList64,  // The same with a count of 64 bits.
  kLines,        // Text of lines.
  kStrings,      // Texts that end with a zero each.
  kUtf16,        // One text.
  kOwn,          // `print` knows.
};

// In the order that a row of the table is read in; there are forty of them.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct StreamRow {
  wire::StreamType type = wire::StreamType::kUnused;
  std::string_view name;
  StreamForm form = StreamForm::kBytes;
  std::span<const Field> fields;
  std::uint32_t entry_bytes = 0;  // Of lists: the least that an entry has.
  void (*print)(DumpPrinter& printer, base::Bytes stream) = nullptr;
  // Puts what the stream says into a report. Nothing for streams that start walks or answer questions
  // (threads, memory, regions, the exception): the pipeline reads those itself.
  void (*read)(const Minidump& dump, model::CrashReport& report) = nullptr;
};

// In the order of reading: system information goes first, because others depend on the system.
std::span<const StreamRow> StreamTable();

// Nothing for types that are not known.
const StreamRow* FindStreamRow(std::uint32_t type);

// Who defined a stream type, by its high half: "Breakpad", "Crashpad", "Chromium", "Mozilla", "Microsoft";
// else "unknown vendor".
std::string_view StreamVendor(std::uint32_t type);

// Reads every stream that has a reader in the table. Threads, the crash's reason and the count of mappings
// stay as they are.
void ReadStreams(const Minidump& dump, model::CrashReport& report);

}  // namespace cairn::minidump
