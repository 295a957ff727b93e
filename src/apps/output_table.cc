#include "apps/output_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "apps/command.h"
#include "base/csv.h"
#include "base/json_writer.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kMinColumn = 8;  // Of a column that is cut.
constexpr std::string_view kCut = "…";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// In characters, not bytes.
std::size_t LengthOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !IsContinuation(c); }));
}

// On one line, and nothing in it that a terminal obeys: C0, DEL, and C1 as UTF-8 has it.
std::string Plain(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_c1) ++i;
    plain += is_c1 || byte < ' ' || byte == 0x7F ? ' ' : text[i];
  }
  return plain;
}

std::string Fitted(std::string text, std::size_t width, bool is_right) {
  std::size_t length = LengthOf(text);
  if (length > width) {
    std::size_t end = 0;
    for (std::size_t characters = 0; characters < width && end < text.size(); ++characters) {
      if (characters + 1 == width) break;
      ++end;
      while (end < text.size() && IsContinuation(text[end])) ++end;
    }
    text.resize(end);
    text += kCut;
    length = width;
  }
  if (is_right) return std::string(width - length, ' ') + text;
  return text + std::string(width - length, ' ');
}

// Takes from the widest column until a line fits, or none is left to take from.
void Shrink(std::vector<std::size_t>& widths, std::size_t line) {
  const std::size_t gaps = kGap.size() * (widths.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > line) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= kMinColumn) return;
    --*widest;
  }
}

void AppendColumns(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                   const std::vector<bool>& is_right, std::string& text) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += kGap;
    text += Fitted(cells[i], widths[i], is_right[i]);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  text += '\n';
}

std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (const char c : Plain(text)) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

}  // namespace

std::string AsColumns(const OutputTable& table, std::optional<std::size_t> width) {
  if (table.head.empty()) return "";
  std::vector<std::size_t> widths;
  std::vector<bool> is_right(table.head.size(), !table.rows.empty());  // Columns of numbers.
  for (const std::string& name : table.head) widths.push_back(LengthOf(name));
  std::vector<std::vector<std::string>> lines;
  for (const std::vector<OutputCell>& row : table.rows) {
    std::vector<std::string>& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(Plain(row[i].text));
      widths[i] = std::max(widths[i], LengthOf(line.back()));
      if (row[i].is_text) is_right[i] = false;
    }
  }
  if (width) Shrink(widths, *width);
  std::string text;
  AppendColumns(table.head, widths, is_right, text);
  for (const std::vector<std::string>& line : lines) AppendColumns(line, widths, is_right, text);
  return text;
}

std::string AsMarkdown(const OutputTable& table) {
  if (table.head.empty()) return "";
  std::string text;
  std::string rule;
  for (const std::string& name : table.head) {
    text += "| " + MarkdownCell(name) + " ";
    rule += "| --- ";
  }
  text += "|\n" + rule + "|\n";
  for (const std::vector<OutputCell>& row : table.rows) {
    for (const OutputCell& cell : row) text += "| " + MarkdownCell(cell.text) + " ";
    text += "|\n";
  }
  return text;
}

std::string AsCsv(const OutputTable& table, bool with_head) {
  std::string text;
  const auto append = [&text](std::size_t i, const std::string& cell) { text += (i > 0 ? "," : "") + cell; };
  if (with_head && !table.head.empty()) {
    for (std::size_t i = 0; i < table.head.size(); ++i) append(i, base::CsvCell(table.head[i]));
    text += base::kCsvLineEnd;
  }
  for (const std::vector<OutputCell>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      append(i, row[i].is_text ? base::CsvCell(row[i].text) : row[i].text);
    }
    text += base::kCsvLineEnd;
  }
  return text;
}

std::string AsJsonLines(const OutputTable& table) {
  std::string text;
  for (const std::vector<OutputCell>& row : table.rows) {
    base::JsonWriter json;
    json.BeginObject();
    for (std::size_t i = 0; i < row.size(); ++i) {
      json.Key(table.head[i]);
      if (row[i].is_text) {
        json.String(row[i].text);
      } else {
        json.Raw(row[i].text.empty() ? "null" : row[i].text);
      }
    }
    json.EndObject();
    text += json.Take() + "\n";
  }
  return text;
}

std::optional<std::size_t> TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return std::nullopt;
  return size.ws_col;
}

bool PrintOutput(std::string_view verb, std::string_view text) {
  const base::Status written = os::WriteAll(STDOUT_FILENO, base::AsBytes(text));
  if (!written) PrintError(verb, "standard output: " + base::Describe(written.error()));
  return written.has_value();
}

}  // namespace cairn::apps
