#include "analysis/signature/java_trace.h"

#include <algorithm>

namespace cairn::signature {
namespace {

constexpr std::string_view kBlanks = " \t";

bool HasBlank(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

// "a.B.f(B.java:7)", also with a module before the class and where no file is known.
bool IsPlace(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == 0 || open == std::string_view::npos || !text.ends_with(')') || HasBlank(text.substr(0, open))) {
    return false;
  }
  std::string_view file = text.substr(open + 1, text.size() - open - 2);
  for (const std::string_view unknown : {"Native Method", "Unknown Source"}) {
    if (file.starts_with(unknown)) file.remove_prefix(unknown.size());
  }
  return !HasBlank(file) && file.find_first_of("()") == std::string_view::npos;
}

// "12 more"; some loggers have other words for it.
bool IsRest(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view words = text.substr(digits);
  return digits > 0 && (words == " more" || words == " common frames omitted");
}

}  // namespace

bool IsJavaClassName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '$';
  });
}

std::string_view JavaStackLine(std::string_view line) {
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  const std::size_t start = line.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  const std::string_view words = line.substr(start);
  constexpr std::string_view kAt = "at ";
  constexpr std::string_view kRest = "... ";
  if (start > 0 && words.starts_with(kAt) && IsPlace(words.substr(kAt.size()))) return line;
  if (start > 0 && words.starts_with(kRest) && IsRest(words.substr(kRest.size()))) return line;
  for (const std::string_view lead : {"Caused by: ", "Suppressed: "}) {
    if (!words.starts_with(lead)) continue;
    const std::string_view name = words.substr(lead.size(), words.find(':', lead.size()) - lead.size());
    if (IsJavaClassName(name)) return line.substr(0, start + lead.size() + name.size());
  }
  return {};
}

}  // namespace cairn::signature
