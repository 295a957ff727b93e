// Cells of a table as text with commas (RFC 4180), for people who open it in a spreadsheet.
#pragma once

#include <string>
#include <string_view>

namespace cairn::base {

inline constexpr std::string_view kCsvLineEnd = "\r\n";

// `text` as one cell, in quotes where it needs them. A spreadsheet would run a text that begins with = + - @,
// a tab or a return: it gets an apostrophe in front. For what others wrote; numbers need none of it.
std::string CsvCell(std::string_view text);

}  // namespace cairn::base
