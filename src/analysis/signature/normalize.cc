#include "analysis/signature/normalize.h"

#include <algorithm>
#include <charconv>

#include "analysis/signature/enclosed.h"
#include "analysis/signature/unicode.h"

namespace cairn::signature {
namespace {

// Levels of IPC::ParamTraits<IPC::ParamTraits<...>> that are looked into. Real names have one; a made-up name
// of a million levels must not use up our stack.
constexpr int kMaxParamTraitsDepth = 8;

// What a name may hold that a step of normalizing changes: most steps have nothing to do, and are not taken.
enum : std::uint8_t {
  kHasSpace = 1,
  kHasComma = 2,
  kHasAngle = 4,
  kHasParenthesis = 8,
  kHasBracket = 16,
  kHasBacktick = 32,
  kHasDollar = 64,
};

constexpr std::array<std::uint8_t, 256> kContents = [] {
  std::array<std::uint8_t, 256> contents{};
  contents[' '] = kHasSpace;
  contents[','] = kHasComma;
  contents['<'] = kHasAngle;
  contents['('] = kHasParenthesis;
  contents['['] = kHasBracket;
  contents['`'] = kHasBacktick;
  contents['$'] = kHasDollar;
  return contents;
}();

unsigned ContentsOf(std::string_view text) {
  unsigned contents = 0;
  for (const char c : text) contents |= kContents[static_cast<unsigned char>(c)];
  return contents;
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether " as " or " in " is in the text: "<A as B>", "<unknown in C>".
bool HasInnerWord(std::string_view text) {
  for (std::size_t at = text.find(' '); at < text.size() && text.size() - at > 3;
       at = text.find(' ', at + 1)) {
    const std::string_view word = text.substr(at, 4);
    if (word[3] == ' ' && (word == " as " || word == " in ")) return true;
  }
  return false;
}

bool EndsWithOperator(std::string_view text) {
  return !text.empty() && text.back() == 'r' && text.ends_with("operator");
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

void AppendCollapsedTypes(std::string_view function, int depth, std::string& to) {
  ReplaceEnclosed(function, '<', '>', to, [&](std::string_view before, std::string_view part) {
    const bool keep = part == "<name omitted>" || EndsWithOperator(before) || HasInnerWord(part);
    if (keep) {
      to.append(part);
    } else if (depth > 0 && before.ends_with("IPC::ParamTraits") && part.size() > 1 && part.ends_with('>')) {
      // The type says which message could not be read or written.
      to += '<';
      AppendCollapsedTypes(part.substr(1, part.size() - 2), depth - 1, to);
      to += '>';
    } else {
      to.append("<T>");
    }
  });
}

void AppendWithoutArguments(std::string_view function, std::string& to) {
  ReplaceEnclosed(function, '(', ')', to, [&](std::string_view before, std::string_view part) {
    if (part == "(anonymous namespace)" || EndsWithOperator(before)) to.append(part);
  });
}

// "`anonymous namespace'" and "(anonymous namespace)" are one thing to MSVC and to the others.
void AppendUnifiedNamespaces(std::string_view function, std::string& to) {
  constexpr std::string_view kOfMsvc = "`anonymous namespace'";
  for (std::size_t at; (at = function.find(kOfMsvc)) != std::string_view::npos;) {
    to.append(function.substr(0, at)).append("(anonymous namespace)");
    function.remove_prefix(at + kOfMsvc.size());
  }
  to.append(function);
}

// clang numbers lambdas in the order of a file, so "::$_12::" changes when another is put before it.
void AppendUnnumberedLambdas(std::string_view function, std::string& to) {
  constexpr std::string_view kNumbered = "::$_";
  for (std::size_t at = 0; (at = function.find(kNumbered, at)) != std::string_view::npos;) {
    const std::size_t digits = at + kNumbered.size();
    const std::size_t end = std::min(function.find_first_not_of("0123456789", digits), function.size());
    if (end == digits || !function.substr(end).starts_with("::")) {
      ++at;
      continue;
    }
    to.append(function.substr(0, at)).append("::$::");
    function.remove_prefix(end + 2);
    at = 0;
  }
  to.append(function);
}

// "a , b *,&" to "a, b*, &": no space before these three, and one behind each comma.
void AppendWithFixedSpaces(std::string_view text, std::string& to) {
  const auto is_dropped = [&](std::size_t at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    return text[at] == ' ' && (next == '*' || next == '&' || next == ',');
  };
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((kContents[static_cast<unsigned char>(text[i])] & (kHasSpace | kHasComma)) == 0) continue;
    if (is_dropped(i)) {
      to.append(text.substr(copied, i - copied));
      copied = i + 1;
    } else if (text[i] == ',') {
      to.append(text.substr(copied, i + 1 - copied));
      copied = i + 1;
      while (copied < text.size() && is_dropped(copied)) ++copied;
      if (copied == text.size() || text[copied] != ' ') to += ' ';
      i = copied - 1;
    }
  }
  to.append(text.substr(copied));
}

// Without the qualifiers of a member function and of a type at the end, each taken off once and in this
// order.
std::string_view StripQualifiers(std::string_view function) {
  const auto is_plain = [](char c) { return c > ' ' && c != '&' && c != 't'; };
  if (!function.empty() && is_plain(function.back()) &&
      (is_plain(function.front()) || function.front() == 't')) {
    return function;  // Most end in a bracket.
  }
  for (const std::string_view qualifier : {" const", " const&", " const &", "&&", "&"}) {
    if (function.ends_with(qualifier)) {
      function = StripSpaces(function.substr(0, function.size() - qualifier.size()));
    }
  }
  return StripSpaces(function);
}

// Takes "::h" and hex digits off the end of what was appended behind `begin`: the hash that rustc puts behind
// names, which differs in every build.
void DropRustHash(std::string& text, std::size_t begin) {
  const std::size_t at = text.rfind("::h");
  if (at == std::string::npos || at < begin || at + 3 == text.size()) return;
  if (std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 3, text.end(), IsHexDigit))
    text.resize(at);
}

void AppendNumber(std::uint32_t number, std::string& to) {
  std::array<char, 10> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  to.append(digits.data(), end);
}

void AppendFileAndLine(std::string_view file, std::uint32_t line, std::string& to) {
  while (!file.empty() && (file.back() == '/' || file.back() == '\\')) file.remove_suffix(1);
  const char separator = file.find('\\') != std::string_view::npos ? '\\' : '/';
  to.append(file.substr(file.rfind(separator) + 1)).append("#");
  AppendNumber(line, to);
}

// "@0x1f" for "0x000000000000001F"; text that is no hex number stays as it is.
void AppendOffset(std::string_view offset, std::string& to) {
  std::string_view digits = StripSpaces(offset);
  const bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
  to += '@';
  if (digits.empty() || !std::ranges::all_of(digits, IsHexDigit)) {
    to.append(offset);
    return;
  }
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (is_negative && digits != "0") to += '-';
  to.append("0x");
  for (const char digit : digits) {
    to += digit >= 'A' && digit <= 'F' ? static_cast<char>(digit + ('a' - 'A')) : digit;
  }
}

std::string_view StripBrackets(std::string_view module) {
  while (module.starts_with('[') || module.starts_with(']')) module.remove_prefix(1);
  while (module.ends_with('[') || module.ends_with(']')) module.remove_suffix(1);
  return module;
}

}  // namespace

void Normalizer::Append(const NormalizerFrame& frame, std::string& to) {
  if (!frame.function.empty()) {
    AppendFunction(frame.function, IsRustFile(frame.file), frame.line, to);
  } else if (!frame.file.empty() && frame.line != 0) {
    AppendFileAndLine(frame.file, frame.line, to);
  } else if (!frame.module.empty()) {
    to.append(StripBrackets(frame.module));
  } else if (!frame.unloaded_module.empty()) {
    to.append("(unloaded ").append(frame.unloaded_module).append(")");
  } else if (!frame.offset.empty()) {
    AppendOffset(frame.offset, to);
  }
}

bool Normalizer::AppendFunction(std::string_view function, bool is_rust, std::uint32_t line,
                                std::string& to) {
  has_line_number_ = false;
  is_rust ? AppendRust(function, line, to) : AppendCpp(function, line, to);
  return !has_line_number_;
}

void Normalizer::AppendCpp(std::string_view function, std::uint32_t line, std::string& to) {
  std::string_view name = StripQualifiers(function);
  const unsigned contents = ContentsOf(name);
  if ((contents & kHasSpace) != 0) {
    const std::string_view last = DropPrefixAndReturnType(name);
    if (last.size() != name.size() && !Contains(name, "::operator")) name = last;
  }
  const auto step = [&](auto append) {
    std::string& buffer = NextBuffer();
    append(name, buffer);
    name = buffer;
  };
  if ((contents & kHasBacktick) != 0) step(AppendUnifiedNamespaces);
  if ((contents & kHasDollar) != 0) step(AppendUnnumberedLambdas);
  if ((contents & kHasAngle) != 0) {
    step([](std::string_view text, std::string& buffer) {
      AppendCollapsedTypes(text, kMaxParamTraitsDepth, buffer);
    });
  }
  if ((contents & (kHasParenthesis | kHasBacktick)) != 0) step(AppendWithoutArguments);
  // The cold part of a function is that function. Other clones, such as .isra, are functions of their own.
  if ((contents & kHasBracket) != 0 && Contains(name, "clone .cold")) {
    step([](std::string_view text, std::string& buffer) {
      ReplaceEnclosed(text, '[', ']', buffer, [](std::string_view, std::string_view) {});
    });
  }
  if ((contents & (kHasSpace | kHasComma | kHasBacktick)) != 0) {
    AppendWithFixedSpaces(name, to);
  } else {
    to.append(name);
  }
  AppendLineNumber(name, line, to);
}

void Normalizer::AppendRust(std::string_view function, std::uint32_t line, std::string& to) {
  const std::size_t begin = to.size();
  const unsigned contents = ContentsOf(function);
  std::string_view name = (contents & kHasSpace) != 0 ? DropPrefixAndReturnType(function) : function;
  if ((contents & kHasAngle) != 0) {
    std::string& buffer = NextBuffer();
    ReplaceEnclosed(name, '<', '>', buffer, [&](std::string_view, std::string_view part) {
      buffer.append(Contains(part, " as ") ? part : "<T>");
    });
    name = buffer;
  }
  if ((contents & kHasParenthesis) != 0) {
    std::string& buffer = NextBuffer();
    ReplaceEnclosed(name, '(', ')', buffer, [](std::string_view, std::string_view) {});
    name = buffer;
  }
  AppendWithFixedSpaces(name, to);
  AppendLineNumber(name, line, to);
  DropRustHash(to, begin);
}

std::string& Normalizer::NextBuffer() {
  std::string& buffer = buffers_[buffer_ ^= 1];
  buffer.clear();
  return buffer;
}

void Normalizer::AppendLineNumber(std::string_view function, std::uint32_t line, std::string& to) {
  if (!lists_.WantsLineNumber(function)) return;
  has_line_number_ = true;
  to += ':';
  // The word is the reference's.
  line == 0 ? void(to.append("None")) : AppendNumber(line, to);
}

std::string NormalizeFrame(const NormalizerFrame& frame, const SignatureLists& lists) {
  std::string name;
  Normalizer(lists).Append(frame, name);
  return name;
}

std::string NormalizeCppFunction(std::string_view function, std::uint32_t line, const SignatureLists& lists) {
  std::string name;
  Normalizer(lists).AppendCpp(function, line, name);
  return name;
}

std::string NormalizeRustFunction(std::string_view function, std::uint32_t line,
                                  const SignatureLists& lists) {
  std::string name;
  Normalizer(lists).AppendRust(function, line, name);
  return name;
}

bool IsRustFile(std::string_view file) {
  // Most files have another ending, at their end or before the revision.
  std::string_view path = file;
  if (!path.ends_with(".rs")) path = path.substr(0, std::min(path.rfind(':'), path.size()));
  return path.ends_with(".rs") && ParseSourceFile(file).ends_with(".rs");
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

std::string CollapseTypes(std::string_view function) {
  std::string result;
  AppendCollapsedTypes(function, kMaxParamTraitsDepth, result);
  return result;
}

std::string CollapseArguments(std::string_view function) {
  std::string result;
  AppendWithoutArguments(function, result);
  return result;
}

std::vector<std::pair<std::size_t, std::size_t>> FindEnclosed(std::string_view text, char open, char close) {
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  for (std::size_t begin = text.find(open); begin != std::string_view::npos;
       begin = text.find(open, parts.back().second)) {
    parts.emplace_back(begin, EndOfEnclosed(text, begin, open, close));
  }
  return parts;
}

}  // namespace cairn::signature
