#include "formats/minidump/dump_text.h"

#include <algorithm>

#include "formats/minidump/dump_printer.h"
#include "formats/minidump/list.h"
#include "formats/minidump/own_printers.h"
#include "formats/minidump/stream_table.h"
#include "formats/minidump/system_info.h"

namespace cairn::minidump {
namespace {

// MINIDUMP_HEADER
constexpr Field kHeader[] = {
    {"signature", FieldKind::kHex32},     {"version", FieldKind::kHex32},  {"streams", FieldKind::kU32},
    {"directory rva", FieldKind::kHex32}, {"checksum", FieldKind::kHex32}, {"written", FieldKind::kUnixTime},
    {"flags", FieldKind::kHex64},
};
constexpr std::size_t kStreamCountOffset = 8;

std::string StreamTitle(std::uint32_t type) {
  std::string title = HexText(type);
  if (const StreamRow* const row = FindStreamRow(type)) return title.append(" ").append(row->name);
  return title.append(" unknown, of ").append(StreamVendor(type));
}

// All entries as they stand in the file, with those that are unused.
void PrintDirectory(DumpPrinter& printer, base::Bytes file) {
  base::ByteReader reader = printer.dump().Reader(file);
  reader.Seek(kStreamCountOffset);
  const std::uint32_t count = std::min(reader.Read<std::uint32_t>(), kMaxStreams);
  reader.Seek(reader.Read<std::uint32_t>());
  printer.Line("directory");
  printer.Indent();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto type = reader.Read<std::uint32_t>();
    const Location location = ReadLocation(reader);
    if (!reader.ok()) {
      printer.Line("(cut)");
      break;
    }
    const bool is_unused = type == static_cast<std::uint32_t>(wire::StreamType::kUnused);
    printer.NamedLine(is_unused ? "unused" : StreamTitle(type),
                      std::to_string(location.size) + " bytes at " + HexText(location.rva));
  }
  printer.Outdent();
}

void PrintSizedList(DumpPrinter& printer, const StreamRow& row, base::Bytes stream,
                    std::uint32_t count_bytes) {
  model::Diagnostics diagnostics;
  const SizedList list = OpenSizedList(printer.dump(), stream,
                                       {.element_bytes_min = row.entry_bytes,
                                        .count_max = kMaxMemoryRanges,
                                        .count_bytes = count_bytes,
                                        .what = "list"},
                                       diagnostics);
  printer.Line(std::to_string(list.count) + (diagnostics.kept().empty() ? " entries" : " entries (cut)"));
  for (std::uint32_t i = 0; i < list.count && !printer.is_full(); ++i) {
    base::ByteReader entry = list.Entry(i);
    printer.Line("[" + std::to_string(i) + "]");
    printer.Indent();
    printer.Fields(entry, row.fields);
    printer.Outdent();
  }
}

void PrintRow(DumpPrinter& printer, const StreamRow& row, base::Bytes stream) {
  base::ByteReader reader = printer.dump().Reader(stream);
  switch (row.form) {
    case StreamForm::kBytes: return printer.Hex(stream);
    case StreamForm::kStruct: return printer.Fields(reader, row.fields);
    case StreamForm::kRepeated:
      while (reader.ok() && reader.remaining() != 0 && !printer.is_full()) printer.Fields(reader, row.fields);
      return;
    case StreamForm::kList: return PrintList(printer, stream, row.entry_bytes, row.fields);
    case StreamForm::kSizedList: return PrintSizedList(printer, row, stream, sizeof(std::uint32_t));
    case StreamForm::kSizedList64: return PrintSizedList(printer, row, stream, sizeof(std::uint64_t));
    case StreamForm::kLines: return printer.Lines(base::AsText(stream), '\n');
    case StreamForm::kStrings: return printer.Lines(base::AsText(stream), '\0');
    case StreamForm::kUtf16: return printer.Line(Printable(Utf16ToUtf8(stream, reader.order())));
    case StreamForm::kOwn: return row.print(printer, stream);
  }
}

void PrintStream(DumpPrinter& printer, const StreamEntry& entry) {
  printer.Line("");
  printer.Line("stream " + StreamTitle(entry.type));
  printer.Indent();
  if (entry.bytes.size() < entry.location.size) printer.Line("(cut by the end of the file)");
  if (const StreamRow* const row = FindStreamRow(entry.type)) {
    PrintRow(printer, *row, entry.bytes);
  } else {
    printer.Hex(entry.bytes);
  }
  printer.Outdent();
}

}  // namespace

std::string DumpText(base::Bytes dump, DumpTextOptions options) {
  model::Diagnostics diagnostics;
  const base::Result<Minidump> minidump = Minidump::Open(dump, diagnostics);
  if (!minidump) return base::Describe(minidump.error()) + "\n";
  model::Diagnostics noted_by_the_printer;
  DumpPrinter printer(*minidump, ReadSystemInfo(*minidump, noted_by_the_printer).cpu);
  if (options.without_bytes) printer.LeaveOutBytes();
  printer.Line(minidump->order() == std::endian::little ? "minidump, little-endian" : "minidump, big-endian");
  base::ByteReader header = minidump->Reader(dump);
  printer.Fields(header, kHeader);
  printer.Line("");
  PrintDirectory(printer, dump);
  for (const StreamEntry& entry : minidump->entries()) {
    if (printer.is_full()) break;
    PrintStream(printer, entry);
  }
  return printer.Take();
}

}  // namespace cairn::minidump
