#include "formats/symfile/symbol_file_report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "formats/symfile/text_scan.h"

namespace cairn::symfile {
namespace {

constexpr std::string_view kModule = "MODULE";

// A name of 1 MiB would hide the reason in front of it.
std::string Shown(std::string_view line) {
  const bool is_cut = line.size() > ReportedLine::kMaxShown;
  std::string shown = base::ToValidUtf8(line.substr(0, ReportedLine::kMaxShown));
  while (!shown.empty() && shown.back() == '\r') shown.pop_back();
  std::ranges::replace_if(shown, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  if (is_cut) shown += "...";
  return shown;
}

bool IsModule(std::string_view line) {
  return line.starts_with(kModule) && line.size() > kModule.size() && line[kModule.size()] <= ' ';
}

// Looks at what the compiler passes over in silence.
void ReadLines(std::string_view text, SymbolFileReport& report) {
  std::size_t number = 0;
  for (std::size_t offset = 0; offset < text.size();) {
    const std::string_view line = LineAt(text, offset);
    offset += line.size() + 1;
    ++number;
    if (number > 1 && IsModule(line)) ++report.further_modules;
    if (base::IsUtf8(line)) continue;
    if (report.invalid_utf8_lines++ == 0) report.first_invalid_utf8 = number;
  }
  report.has_final_newline = text.ends_with('\n');
}

// "3 lines", "1 line".
std::string Counted(std::uint64_t count, std::string_view what) {
  std::string text = std::to_string(count);
  text.append(" ").append(what);
  if (count != 1) text.append("s");
  return text;
}

std::string JoinedCounts(const CompileReport& counts) {
  const std::array kinds = {
      std::pair(counts.functions, "function"),
      std::pair(counts.publics, "public symbol"),
      std::pair(counts.line_rows, "line row"),
      std::pair(counts.inline_ranges, "inlined range"),
      std::pair(counts.cfi_ranges, "STACK CFI range"),
      std::pair(counts.stack_win_records, "STACK WIN record"),
  };
  std::string text = Counted(counts.lines, "line");
  std::string_view separator = ": ";
  for (const auto& [count, kind] : kinds) {
    if (count == 0) continue;
    text.append(separator).append(Counted(count, kind));
    separator = ", ";
  }
  return text;
}

void AppendNotes(const SymbolFileReport& report, std::string& text) {
  const auto note = [&](std::string_view words) { text.append("note: ").append(words).append("\n"); };
  for (const NormalizedText::Wrapping wrapping : report.wrappings) {
    note(wrapping == NormalizedText::Wrapping::kGzip ? "it is packed with gzip"
                                                     : "it is packed in a cabinet");
  }
  if (report.utf16_order) note("it is UTF-16 text");
  if (!report.has_final_newline) note("the last line has no end: the file may have been cut short");
  if (report.further_modules > 0) {
    note(Counted(report.further_modules, "further MODULE line").append(": the first counts"));
  }
  if (report.invalid_utf8_lines > 0) {
    std::string words = Counted(report.invalid_utf8_lines, "line");
    words.append(" with bytes that are no UTF-8, the first is line ");
    note(words.append(std::to_string(report.first_invalid_utf8)));
  }
  if (report.compiled.outside_function > 0) {
    note(Counted(report.compiled.outside_function, "line row or inlined range")
             .append(" outside its function"));
  }
}

}  // namespace

base::Result<SymbolFileReport> CheckSymbolFile(base::Bytes file) {
  ASSIGN_OR_RETURN(const NormalizedText normalized, NormalizeSymbolFile(file));
  const base::Bytes bytes = normalized.text();
  const std::string_view text = base::AsText(bytes);
  SymbolFileReport report;
  ASSIGN_OR_RETURN(report.header, ReadSymbolFileHeader(bytes));
  ASSIGN_OR_RETURN(CompiledSymbols compiled, CompileSymbolCache(bytes));
  report.compiled = std::move(compiled.report);
  report.text_bytes = text.size();
  report.wrappings = normalized.wrappings();
  report.utf16_order = normalized.utf16_order();
  for (const BadLine& line : report.compiled.first_bad_lines) {
    report.bad_lines.push_back({line, Shown(LineAt(text, static_cast<std::size_t>(line.offset)))});
  }
  ReadLines(text, report);
  return report;
}

std::string FormatReport(const SymbolFileReport& report) {
  const SymbolFileHeader& header = report.header;
  std::string text = "module: ";
  for (const std::string_view field :
       {std::string_view(header.debug_file), std::string_view(header.debug_id.text),
        std::string_view(header.os), std::string_view(header.arch)}) {
    text.append(Shown(field)).append(" ");
  }
  text.back() = '\n';
  text.append(JoinedCounts(report.compiled)).append("\n");
  AppendNotes(report, text);
  if (report.compiled.bad_lines == 0) return text;
  text.append(Counted(report.compiled.bad_lines, "line")).append(" left out:\n");
  for (const ReportedLine& line : report.bad_lines) {
    text.append("line ").append(std::to_string(line.place.number)).append(" (byte ");
    text.append(std::to_string(line.place.offset)).append("): ").append(line.place.reason);
    text.append(": \"").append(line.start).append("\"\n");
  }
  const std::size_t unshown = report.compiled.bad_lines - report.bad_lines.size();
  if (unshown > 0) text.append("and ").append(std::to_string(unshown)).append(" more\n");
  return text;
}

}  // namespace cairn::symfile
