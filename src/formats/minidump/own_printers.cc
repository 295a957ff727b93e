#include "formats/minidump/own_printers.h"

#include <algorithm>
#include <optional>

#include "formats/minidump/function_table.h"
#include "formats/minidump/layouts.h"
#include "formats/minidump/limits.h"
#include "formats/minidump/list.h"
#include "formats/minidump/mac_info.h"

namespace cairn::minidump {
namespace {

// "[3]", and what follows is of it until Outdent().
void BeginEntry(DumpPrinter& printer, std::uint64_t index) {
  printer.Line("[" + std::to_string(index) + "]");
  printer.Indent();
}

// The list that a location in another stream leads to.
void PrintListAt(DumpPrinter& printer, std::string_view name, Location location, std::uint32_t entry_bytes,
                 std::span<const Field> fields) {
  if (location.size == 0) return;
  printer.Line(name);
  printer.Indent();
  if (const std::optional<base::Bytes> bytes = printer.dump().At(location)) {
    PrintList(printer, *bytes, entry_bytes, fields);
  } else {
    printer.Line("(not in the file)");
  }
  printer.Outdent();
}

constexpr std::uint32_t kDictionaryEntryBytes = 8;
constexpr std::uint32_t kAnnotationBytes = 12;
constexpr std::uint32_t kModuleLinkBytes = 12;

// MinidumpModuleCrashpadInfo
void PrintModuleInfo(DumpPrinter& printer, base::Bytes info) {
  base::ByteReader reader = printer.dump().Reader(info);
  const auto version = reader.Read<std::uint32_t>();
  const Location texts = ReadLocation(reader);
  const Location dictionary = ReadLocation(reader);
  if (!reader.ok()) return printer.Line("(cut)");
  printer.NamedLine("version", std::to_string(version));
  PrintListAt(printer, "list annotations", texts, sizeof(std::uint32_t), layouts::kListAnnotation);
  PrintListAt(printer, "simple annotations", dictionary, kDictionaryEntryBytes, layouts::kDictionaryEntry);
  const Location objects = ReadLocation(reader);
  if (reader.ok())
    PrintListAt(printer, "annotation objects", objects, kAnnotationBytes, layouts::kAnnotation);
}

std::string NumberText(std::optional<std::uint64_t> number) {
  return number ? std::to_string(*number) : std::string("(none)");
}

}  // namespace

void PrintList(DumpPrinter& printer, base::Bytes stream, std::uint32_t entry_bytes,
               std::span<const Field> fields) {
  model::Diagnostics diagnostics;
  List list = OpenList(printer.dump(), stream, {entry_bytes, kMaxMemoryRanges, "list"}, diagnostics);
  printer.Line(std::to_string(list.count) + (diagnostics.kept().empty() ? " entries" : " entries (cut)"));
  for (std::uint32_t i = 0; i < list.count && !printer.is_full(); ++i) {
    base::ByteReader entry = printer.dump().Reader(list.reader.ReadBytes(entry_bytes));
    BeginEntry(printer, i);
    printer.Fields(entry, fields);
    printer.Outdent();
  }
}

void PrintFullMemory(DumpPrinter& printer, base::Bytes stream) {
  constexpr std::uint32_t kDescriptorBytes = 16;  // MINIDUMP_MEMORY_DESCRIPTOR64: start, size.
  base::ByteReader reader = printer.dump().Reader(stream);
  const auto count = reader.Read<std::uint64_t>();
  auto rva = reader.Read<std::uint64_t>();
  if (!reader.ok()) return printer.Line("(cut)");
  printer.NamedLine("ranges", std::to_string(count));
  printer.NamedLine("base rva", HexText(rva));
  const std::uint64_t there = std::min<std::uint64_t>(count, reader.remaining() / kDescriptorBytes);
  base::Bytes bytes = printer.dump().From(rva).value_or(base::Bytes());
  for (std::uint64_t i = 0; i < there && !printer.is_full(); ++i) {
    const auto start = reader.Read<std::uint64_t>();
    const auto size = reader.Read<std::uint64_t>();
    BeginEntry(printer, i);
    printer.NamedLine("start", HexText(start));
    printer.NamedLine("size", std::to_string(size));
    const auto held = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size()));
    printer.Hex(bytes.first(held));
    if (held < size) printer.Line("(cut)");
    bytes = bytes.subspan(held);
    printer.Outdent();
  }
}

void PrintFunctionTables(DumpPrinter& printer, base::Bytes stream) {
  base::ByteReader header = printer.dump().Reader(stream);
  printer.Fields(header, layouts::kFunctionTableHeader);
  model::Diagnostics diagnostics;
  const std::vector<FunctionTable> tables = ParseFunctionTables(printer.dump(), stream, diagnostics);
  for (std::size_t i = 0; i < tables.size() && !printer.is_full(); ++i) {
    BeginEntry(printer, i);
    printer.NamedLine("start", HexText(tables[i].start.value));
    printer.NamedLine("end", HexText(tables[i].end.value));
    printer.NamedLine("base", HexText(tables[i].base.value));
    printer.Line("native descriptor");
    printer.Hex(tables[i].descriptor);
    printer.Line(std::to_string(tables[i].entry_count) + " function entries");
    printer.Hex(tables[i].entries);
    printer.Outdent();
  }
  if (!diagnostics.kept().empty()) printer.Line("(cut)");
}

void PrintVmCounters(DumpPrinter& printer, base::Bytes stream) {
  base::ByteReader reader = printer.dump().Reader(stream);
  const bool is_first_revision = base::ByteReader(reader).Read<std::uint16_t>() < 2;
  printer.Fields(reader, is_first_revision ? std::span<const Field>(layouts::kVmCounters1)
                                           : std::span<const Field>(layouts::kVmCounters2));
}

void PrintCrashpadInfo(DumpPrinter& printer, base::Bytes stream) {
  constexpr std::size_t kPlacesOffset = 36;  // Behind version and ids.
  base::ByteReader reader = printer.dump().Reader(stream);
  printer.Fields(reader, layouts::kCrashpadInfo);
  base::ByteReader places = printer.dump().Reader(stream);
  places.Seek(kPlacesOffset);
  const Location dictionary = ReadLocation(places);
  const Location modules = ReadLocation(places);
  if (!places.ok()) return;
  PrintListAt(printer, "simple annotations", dictionary, kDictionaryEntryBytes, layouts::kDictionaryEntry);
  const std::optional<base::Bytes> links = printer.dump().At(modules);
  if (!links) return;
  model::Diagnostics diagnostics;
  List list = OpenList(printer.dump(), *links, {kModuleLinkBytes, kMaxModules, "list"}, diagnostics);
  for (std::uint32_t i = 0; i < list.count && !printer.is_full(); ++i) {
    const auto module = list.reader.Read<std::uint32_t>();
    const std::optional<base::Bytes> info = printer.dump().At(ReadLocation(list.reader));
    printer.Line("module " + std::to_string(module));
    printer.Indent();
    if (info) PrintModuleInfo(printer, *info);
    printer.Outdent();
  }
}

void PrintMacCrashInfo(DumpPrinter& printer, base::Bytes stream) {
  model::Diagnostics diagnostics;
  const std::vector<model::MacCrashInfo> records = ParseMacCrashInfo(printer.dump(), stream, diagnostics);
  for (std::size_t i = 0; i < records.size() && !printer.is_full(); ++i) {
    const model::MacCrashInfo& record = records[i];
    BeginEntry(printer, i);
    printer.NamedLine("thread", NumberText(record.thread));
    printer.NamedLine("dialog mode", NumberText(record.dialog_mode));
    printer.NamedLine("abort cause", NumberText(record.abort_cause));
    printer.NamedLine("module", Printable(record.module));
    printer.NamedLine("message", Printable(record.message));
    printer.NamedLine("signature string", Printable(record.signature_string));
    printer.NamedLine("backtrace", Printable(record.backtrace));
    printer.NamedLine("message 2", Printable(record.message2));
    printer.Outdent();
  }
  if (!diagnostics.kept().empty()) printer.Line("(some records are not readable)");
}

}  // namespace cairn::minidump
