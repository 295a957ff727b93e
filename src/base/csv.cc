#include "base/csv.h"

namespace cairn::base {

std::string CsvCell(std::string_view text) {
  const bool is_formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  const std::string_view mark = is_formula ? "'" : "";
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(mark).append(text);
  std::string quoted = "\"";
  quoted += mark;
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace cairn::base
