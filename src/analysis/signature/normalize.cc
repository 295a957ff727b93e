#include "analysis/signature/normalize.h"

#include <algorithm>
#include <array>
#include <functional>

namespace cairn::signature {
namespace {

// Levels of IPC::ParamTraits<IPC::ParamTraits<...>> that are looked into. Real names have one; a made-up name
// of a million levels must not use up our stack.
constexpr int kMaxParamTraitsDepth = 8;

constexpr std::string_view kWhitespace = " \t\n\v\f\r";

std::string_view Strip(std::string_view text, std::string_view characters = kWhitespace) {
  const std::size_t begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// What to put in place of an enclosed part, given the text between the part before it and itself.
using Replace = std::function<std::string(std::string_view before, std::string_view part)>;

std::string ReplaceEnclosed(std::string_view text, char open, char close, const Replace& replace) {
  std::string result;
  std::size_t copied = 0;
  for (const auto& [begin, end] : FindEnclosed(text, open, close)) {
    const std::string_view before = text.substr(copied, begin - copied);
    result.append(before).append(replace(before, text.substr(begin, end - begin)));
    copied = end;
  }
  return result.append(text.substr(copied));
}

std::string CollapseTypesIn(std::string_view function, int depth) {
  return ReplaceEnclosed(
      function, '<', '>', [depth](std::string_view before, std::string_view part) -> std::string {
        const bool keep = part == "<name omitted>" || part.find(" as ") != std::string_view::npos ||
                          part.find(" in ") != std::string_view::npos || before.ends_with("operator");
        if (keep) return std::string(part);
        // The type says which message could not be read or written.
        if (depth > 0 && before.ends_with("IPC::ParamTraits") && part.ends_with('>')) {
          return "<" + CollapseTypesIn(part.substr(1, part.size() - 2), depth - 1) + ">";
        }
        return "<T>";
      });
}

// "`anonymous namespace'" and "(anonymous namespace)" are one thing to MSVC and to the others; clang numbers
// lambdas in the order of a file, so "$_12" changes when another is put before it.
std::string UnifyNames(std::string function) {
  ReplaceAll(function, "`anonymous namespace'", "(anonymous namespace)");
  std::string result;
  std::size_t copied = 0;
  constexpr std::string_view kNumbered = "::$_";
  for (std::size_t at = function.find(kNumbered); at != std::string::npos;
       at = function.find(kNumbered, at + 1)) {
    const std::size_t digits = at + kNumbered.size();
    const std::size_t end = std::min(function.find_first_not_of("0123456789", digits), function.size());
    if (end == digits || function.compare(end, 2, "::") != 0) continue;
    result.append(function, copied, at - copied).append("::$");
    copied = end;
  }
  return result.append(function, copied);
}

// "a , b *" to "a, b*".
std::string FixSpaces(std::string_view function) {
  std::string result;
  for (std::size_t i = 0; i < function.size(); ++i) {
    const char next = i + 1 < function.size() ? function[i + 1] : '\0';
    if (function[i] == ' ' && (next == '*' || next == '&' || next == ',')) continue;
    result += function[i];
    if (function[i] == ',' && next != ' ') result += ' ';
  }
  return result;
}

// Without the qualifiers of a member function and of a type at the end, each taken off once and in this
// order.
std::string_view StripQualifiers(std::string_view function) {
  for (const std::string_view qualifier : {" const", " const&", " const &", "&&", "&"}) {
    if (function.ends_with(qualifier))
      function = Strip(function.substr(0, function.size() - qualifier.size()));
  }
  return Strip(function);
}

void AppendLineNumber(std::string& function, std::uint32_t line, const SignatureLists& lists) {
  if (line != 0 && lists.WantsLineNumber(function)) function.append(":").append(std::to_string(line));
}

// "::h" and hex digits at the end: the hash that rustc puts behind names, which differs in every build.
void DropRustHash(std::string& function) {
  const std::size_t at = function.rfind("::h");
  if (at == std::string::npos || at + 3 == function.size()) return;
  if (std::all_of(function.begin() + static_cast<std::ptrdiff_t>(at) + 3, function.end(), IsHexDigit)) {
    function.resize(at);
  }
}

std::string FileAndLine(std::string_view file, std::uint32_t line) {
  while (!file.empty() && (file.back() == '/' || file.back() == '\\')) file.remove_suffix(1);
  const char separator = file.find('\\') != std::string_view::npos ? '\\' : '/';
  return std::string(file.substr(file.rfind(separator) + 1)).append("#").append(std::to_string(line));
}

// "@0x1f" for "0x000000000000001F"; text that is no hex number stays as it is.
std::string OffsetName(std::string_view offset) {
  std::string_view digits = Strip(offset);
  if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
  if (digits.empty() || !std::ranges::all_of(digits, IsHexDigit)) return std::string("@").append(offset);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  std::string name = "@0x";
  for (const char digit : digits)
    name += digit >= 'A' && digit <= 'F' ? static_cast<char>(digit + ('a' - 'A')) : digit;
  return name;
}

}  // namespace

std::string NormalizeFrame(const NormalizerFrame& frame, const SignatureLists& lists) {
  if (!frame.function.empty()) {
    return ParseSourceFile(frame.file).ends_with(".rs")
               ? NormalizeRustFunction(frame.function, frame.line, lists)
               : NormalizeCppFunction(frame.function, frame.line, lists);
  }
  if (!frame.file.empty() && frame.line != 0) return FileAndLine(frame.file, frame.line);
  if (!frame.module.empty()) return std::string(Strip(frame.module, "[]"));
  if (!frame.unloaded_module.empty())
    return std::string("(unloaded ").append(frame.unloaded_module).append(")");
  if (!frame.offset.empty()) return OffsetName(frame.offset);
  return {};
}

std::string NormalizeCppFunction(std::string_view function, std::uint32_t line, const SignatureLists& lists) {
  std::string name(StripQualifiers(function));
  if (name.find("::operator") == std::string::npos) name = DropPrefixAndReturnType(name);
  name = UnifyNames(std::move(name));
  name = CollapseTypes(name);
  name = CollapseArguments(name);
  // The cold part of a function is that function. Other clones, such as .isra, are functions of their own.
  if (name.find("clone .cold") != std::string::npos) {
    name = ReplaceEnclosed(name, '[', ']', [](std::string_view, std::string_view) { return std::string(); });
  }
  AppendLineNumber(name, line, lists);
  return FixSpaces(name);
}

std::string NormalizeRustFunction(std::string_view function, std::uint32_t line,
                                  const SignatureLists& lists) {
  std::string name = DropPrefixAndReturnType(function);
  name = ReplaceEnclosed(name, '<', '>', [](std::string_view, std::string_view part) {
    return part.find(" as ") != std::string_view::npos ? std::string(part) : std::string("<T>");
  });
  name = ReplaceEnclosed(name, '(', ')', [](std::string_view, std::string_view) { return std::string(); });
  AppendLineNumber(name, line, lists);
  name = FixSpaces(name);
  DropRustHash(name);
  return name;
}

std::string_view ParseSourceFile(std::string_view file) {
  std::array<std::string_view, 4> parts;
  std::size_t count = 0;
  std::string_view rest = file;
  while (true) {
    const std::size_t colon = rest.find(':');
    if (count == parts.size()) return file.starts_with('/') ? file : std::string_view();
    parts[count++] = rest.substr(0, colon);
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (count == 4) return parts[2];
  if (count == 2) return parts[1];
  return file.starts_with('/') ? file : std::string_view();
}

std::string DropPrefixAndReturnType(std::string_view function) {
  constexpr std::string_view kOpen = "([{<`";
  constexpr std::string_view kClose = ")]}>'";
  std::size_t depth = 0;
  std::size_t start = 0;    // Of the last token; or of an earlier one to which what follows belongs.
  std::size_t current = 0;  // Of the token that is being read.
  const auto take_token = [&](std::size_t end) {
    const std::string_view token = function.substr(current, end - current);
    if (!token.starts_with('(') && !token.starts_with("[clone")) start = current;
  };
  for (std::size_t i = 0; i < function.size(); ++i) {
    if (kOpen.find(function[i]) != std::string_view::npos) {
      ++depth;
    } else if (kClose.find(function[i]) != std::string_view::npos) {
      if (depth > 0) --depth;
    } else if (function[i] == ' ' && depth == 0) {
      take_token(i);
      current = i + 1;
    }
  }
  take_token(function.size());
  return std::string(function.substr(start));
}

std::string CollapseTypes(std::string_view function) {
  return CollapseTypesIn(function, kMaxParamTraitsDepth);
}

std::string CollapseArguments(std::string_view function) {
  return ReplaceEnclosed(function, '(', ')', [](std::string_view before, std::string_view part) {
    const bool keep = part == "(anonymous namespace)" || before.ends_with("operator");
    return keep ? std::string(part) : std::string();
  });
}

std::vector<std::pair<std::size_t, std::size_t>> FindEnclosed(std::string_view text, char open, char close) {
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open) {
      if (depth++ == 0) begin = i;
    } else if (text[i] == close && depth > 0) {
      --depth;
      if (depth == 0) parts.emplace_back(begin, i + 1);
    }
  }
  if (depth > 0) parts.emplace_back(begin, text.size());
  return parts;
}

std::string_view CompleteRustFunction(std::string_view file, std::string_view function) {
  struct Row {
    std::string_view path, function, complete;
  };
  // Paths of rust-lang/rust before 2020, when the standard library moved to library/.
  static constexpr Row kRows[] = {
      {"src/libcore/panicking.rs", "panic", "core::panicking::panic"},
      {"src/libcore/panicking.rs", "panic_fmt", "core::panicking::panic_fmt"},
      {"src/libcore/panicking.rs", "panic_bounds_check", "core::panicking::panic_bounds_check"},
      {"src/libstd/panicking.rs", "begin_panic", "std::panicking::begin_panic"},
      {"src/libstd/panicking.rs", "begin_panic<T>", "std::panicking::begin_panic<T>"},
      {"src/libstd/panicking.rs", "begin_panic_fmt", "std::panicking::begin_panic_fmt"},
      {"src/libcore/option.rs", "expect_failed", "core::option::expect_failed"},
      {"src/libcore/result.rs", "unwrap_failed", "core::result::unwrap_failed"},
      {"src/libcore/result.rs", "unwrap_failed<T>", "core::result::unwrap_failed<T>"},
  };
  if (file.empty()) return function;
  const std::string_view path = ParseSourceFile(file);
  const auto row =
      std::ranges::find_if(kRows, [&](const Row& r) { return r.function == function && r.path == path; });
  return row == std::ranges::end(kRows) ? function : row->complete;
}

}  // namespace cairn::signature
