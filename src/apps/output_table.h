// Rows of an answer as people and programs want them on standard output: columns, CSV, Markdown, JSON lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::apps {

struct OutputCell {
  std::string text;
  bool is_text = true;  // Else a number, a truth or nothing: as JSON has it, and nothing is empty.
};

struct OutputTable {
  std::vector<std::string> head;
  std::vector<std::vector<OutputCell>> rows;  // Each as long as `head`.
};

// In columns. With a width the widest are cut until a line fits, with "…"; control characters, which would
// reach the terminal, are blanks.
std::string AsColumns(const OutputTable& table, std::optional<std::size_t> width);
std::string AsMarkdown(const OutputTable& table);
// With the head, if asked for.
std::string AsCsv(const OutputTable& table, bool with_head);
std::string AsJsonLines(const OutputTable& table);

// How wide the terminal is that standard output goes to; nothing if it goes elsewhere.
std::optional<std::size_t> TerminalWidth();

// Writes all of it to standard output. False, and `verb` has said why, if that could not be done.
bool PrintOutput(std::string_view verb, std::string_view text);

}  // namespace cairn::apps
