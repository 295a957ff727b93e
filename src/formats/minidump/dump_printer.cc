#include "formats/minidump/dump_printer.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/hex.h"
#include "base/utf8.h"
#include "formats/minidump/context.h"
#include "formats/minidump/guid.h"
#include "formats/minidump/limits.h"
#include "model/registers.h"

namespace cairn::minidump {
namespace {

constexpr std::size_t kHexLineBytes = 16;

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

std::string TwoDigits(std::uint64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

// " (2023-11-14T22:13:20Z)"; nothing for a time that is not set or past the year 9999.
std::string DateText(std::uint64_t unix_time_s) {
  constexpr std::uint64_t kYear10000 = 253'402'300'800;
  if (unix_time_s == 0 || unix_time_s >= kYear10000) return {};
  const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<std::int64_t>(unix_time_s))};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto two = [](auto number) { return TwoDigits(static_cast<std::uint64_t>(number)); };
  std::string text = " (" + std::to_string(static_cast<int>(date.year()));
  text.append("-").append(two(static_cast<unsigned>(date.month())));
  text.append("-").append(two(static_cast<unsigned>(date.day())));
  text.append("T").append(two(clock.hours().count()));
  text.append(":").append(two(clock.minutes().count()));
  text.append(":").append(two(clock.seconds().count()));
  return text.append("Z)");
}

// FILETIME counts from 1601 in units of 100 ns.
std::string FileTimeText(std::uint64_t time) {
  constexpr std::uint64_t kUnitsPerSecond = 10'000'000;
  constexpr std::uint64_t kSecondsTo1970 = 11'644'473'600;
  const std::uint64_t seconds = time / kUnitsPerSecond;
  return std::to_string(time) +
         (seconds < kSecondsTo1970 ? std::string() : DateText(seconds - kSecondsTo1970));
}

}  // namespace

std::string HexText(std::uint64_t value) { return "0x" + base::ToHex(value); }

std::string Printable(std::string_view text) {
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  if (std::ranges::all_of(text, is_plain)) return std::string(text);  // Nearly always.
  constexpr char kC1Lead = '\xc2';  // U+0080 to U+009F, which terminals obey as well, are C2 80 to C2 9F.
  const std::string valid = base::ToValidUtf8(text);
  std::string printable;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    char c = valid[i];
    const bool is_c1 = c == kC1Lead && static_cast<unsigned char>(valid[i + 1]) < 0xa0;
    if (is_c1) c = valid[++i];
    if (!is_c1 && !IsControl(c)) {
      printable += c;
      continue;
    }
    printable += "\\x";
    printable += base::ToHex(static_cast<unsigned char>(c), 2);
  }
  return printable;
}

void DumpPrinter::Line(std::string_view text) {
  constexpr std::size_t kSpacesPerDepth = 2;
  if (text.size() > kMaxDumpTextBytes - std::min(text_.size(), kMaxDumpTextBytes)) is_full_ = true;
  if (is_full_) return;
  text_.append(static_cast<std::size_t>(depth_) * kSpacesPerDepth, ' ').append(text).append("\n");
}

void DumpPrinter::NamedLine(std::string_view name, std::string_view value) {
  Line(std::string(name).append(" = ").append(value));
}

std::string DumpPrinter::Take() {
  if (is_full_) text_ += "... the rest is left out\n";
  return std::move(text_);
}

void DumpPrinter::Fields(base::ByteReader& reader, std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (is_full_) return;
    if (reader.ok() && reader.remaining() == 0) return;  // An older version of the structure.
    OneField(reader, field);
    if (!reader.ok()) return Line("(cut)");
  }
}

void DumpPrinter::OneField(base::ByteReader& reader, const Field& field) {
  const auto put = [&](const std::string& value) {
    if (reader.ok()) NamedLine(field.name, value);
  };
  switch (field.kind) {
    case FieldKind::kU8: return put(std::to_string(reader.Read<std::uint8_t>()));
    case FieldKind::kU16: return put(std::to_string(reader.Read<std::uint16_t>()));
    case FieldKind::kU32: return put(std::to_string(reader.Read<std::uint32_t>()));
    case FieldKind::kU64: return put(std::to_string(reader.Read<std::uint64_t>()));
    case FieldKind::kHex16: return put(HexText(reader.Read<std::uint16_t>()));
    case FieldKind::kHex32: return put(HexText(reader.Read<std::uint32_t>()));
    case FieldKind::kHex64: return put(HexText(reader.Read<std::uint64_t>()));
    case FieldKind::kWord:
      return put(HexText(model::PointerBytes(cpu_) == 4 ? reader.Read<std::uint32_t>()
                                                        : reader.Read<std::uint64_t>()));
    case FieldKind::kUnixTime: {
      const auto time = reader.Read<std::uint32_t>();
      return put(std::to_string(time) + DateText(time));
    }
    case FieldKind::kFileTime: return put(FileTimeText(reader.Read<std::uint64_t>()));
    case FieldKind::kUuid: return put(ReadUuid(reader));
    case FieldKind::kLocation:
    case FieldKind::kMemory:
    case FieldKind::kCodeView:
    case FieldKind::kContext: return PlaceField(reader, field);
    case FieldKind::kName:
    case FieldKind::kWideName:
    case FieldKind::kUtf8Name:
    case FieldKind::kUtf16:
    case FieldKind::kBytes: return TextField(reader, field);
  }
}

void DumpPrinter::PlaceField(base::ByteReader& reader, const Field& field) {
  std::string start;
  if (field.kind == FieldKind::kMemory) start = " from " + HexText(reader.Read<std::uint64_t>());
  const Location location = ReadLocation(reader);
  if (!reader.ok()) return;
  NamedLine(field.name, std::to_string(location.size)
                            .append(" bytes")
                            .append(start)
                            .append(" at ")
                            .append(HexText(location.rva)));
  if (location.size == 0 || field.kind == FieldKind::kLocation) return;
  Indent();
  if (field.kind == FieldKind::kCodeView) {
    CodeView(location);
  } else if (field.kind == FieldKind::kContext) {
    Context(location);
  } else if (const std::optional<base::Bytes> bytes = dump_.At(location)) {
    Hex(*bytes);
  } else {
    Line("(not in the file)");
  }
  Outdent();
}

void DumpPrinter::TextField(base::ByteReader& reader, const Field& field) {
  std::optional<std::string> text;
  std::uint64_t rva = 0;
  switch (field.kind) {
    case FieldKind::kUtf16: text = Utf16ToUtf8(reader.ReadBytes(field.bytes), dump_.order()); break;
    case FieldKind::kBytes: text = base::BytesToHex(reader.ReadBytes(field.bytes)); break;
    case FieldKind::kWideName: rva = reader.Read<std::uint64_t>(); break;
    default: rva = reader.Read<std::uint32_t>(); break;
  }
  if (!reader.ok()) return;
  if (!text && rva == 0) return NamedLine(field.name, "(none)");
  if (!text) text = field.kind == FieldKind::kUtf8Name ? dump_.Utf8At(rva) : dump_.Utf16At(rva);
  if (!text) return NamedLine(field.name, "(not readable at " + HexText(rva) + ")");
  if (field.kind == FieldKind::kBytes) return NamedLine(field.name, *text);
  NamedLine(field.name, "\"" + Printable(*text) + "\"");
}

void DumpPrinter::CodeView(Location location) {
  const std::optional<base::Bytes> bytes = dump_.At(location);
  if (!bytes) return Line("(not in the file)");
  base::ByteReader reader = dump_.Reader(*bytes);
  const auto signature = reader.Read<std::uint32_t>();
  if (signature == wire::kCodeViewPdb70) {
    const std::string guid = ReadUuid(reader);
    const auto age = reader.Read<std::uint32_t>();
    if (reader.ok()) {
      const std::string_view name = base::AsText(reader.ReadBytes(reader.remaining()));
      NamedLine("RSDS", guid + " age " + std::to_string(age));
      return NamedLine("file", "\"" + Printable(name.substr(0, name.find('\0'))) + "\"");
    }
  }
  if (signature == wire::kCodeViewElf) {
    const std::size_t shown = std::min(reader.remaining(), kMaxBuildIdBytes);
    return NamedLine("build id", base::BytesToHex(reader.ReadBytes(shown)));
  }
  Hex(*bytes);
}

void DumpPrinter::Context(Location location) {
  const std::optional<base::Bytes> bytes = dump_.At(location);
  if (!bytes) return Line("(not in the file)");
  const std::optional<model::Registers> registers = ReadContext(dump_, *bytes, cpu_);
  const model::RegisterTable* const table = model::FindRegisterTable(cpu_);
  if (!registers || table == nullptr) return Hex(*bytes);
  for (std::size_t i = 0; i < table->names.size(); ++i) {
    const std::optional<std::uint64_t> value = registers->Get(static_cast<model::RegisterIndex>(i));
    if (value && !table->names[i].empty()) NamedLine(table->names[i], HexText(*value));
  }
}

void DumpPrinter::Hex(base::Bytes bytes) {
  if (without_bytes_) return;
  constexpr std::string_view kDigits = "0123456789abcdef";
  const base::Bytes shown = bytes.first(std::min(bytes.size(), kMaxHexBytes));
  for (std::size_t at = 0; at < shown.size() && !is_full_; at += kHexLineBytes) {
    const base::Bytes line = shown.subspan(at, std::min(kHexLineBytes, shown.size() - at));
    std::string text = base::ToHex(at, 4) + ": ";
    for (const std::byte byte : line) {
      const auto value = std::to_integer<std::uint8_t>(byte);
      text += kDigits[value >> 4];
      text += kDigits[value & 0xf];
      text += ' ';
    }
    text.append((kHexLineBytes - line.size()) * 3 + 1, ' ');
    for (const std::byte byte : line) {
      const char c = static_cast<char>(byte);
      text += IsControl(c) || static_cast<unsigned char>(c) > '~' ? '.' : c;
    }
    Line(text);
  }
  if (shown.size() < bytes.size()) Line("... " + std::to_string(bytes.size() - shown.size()) + " more bytes");
}

void DumpPrinter::Lines(std::string_view text, char separator) {
  for (std::size_t at = 0; at < text.size() && !is_full_;) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    Line(Printable(text.substr(at, end - at)));
    at = end + 1;
  }
}

}  // namespace cairn::minidump
