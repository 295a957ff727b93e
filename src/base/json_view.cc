#include "base/json_view.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/utf8.h"

namespace cairn::base {
namespace {

// Goes over a JSON text once. Every function says whether what it names stood there, and goes behind it.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : rest_(text) {}

  bool Document() {
    if (!Value()) return false;
    SkipBlanks();
    return rest_.empty();
  }

  bool Value(int depth = 0) {
    if (depth > kMaxJsonDepth) return false;
    SkipBlanks();
    if (Take('{')) return Members(depth, '}');
    if (Take('[')) return Members(depth, ']');
    if (rest_.starts_with('"')) return String();
    return Word("true") || Word("false") || Word("null") || Number();
  }

  bool Colon() {
    SkipBlanks();
    return Take(':');
  }

  bool String() {
    if (!Take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < ' ' || (c == '\\' && !Escape())) return false;
    }
    return false;
  }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void SkipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  std::string_view rest() const { return rest_; }

 private:
  // The inside of an object or array, and its end.
  bool Members(int depth, char end) {
    SkipBlanks();
    if (Take(end)) return true;
    do {
      SkipBlanks();
      if (end == '}' && (!String() || !Colon())) return false;
      if (!Value(depth + 1)) return false;
      SkipBlanks();
    } while (Take(','));
    return Take(end);
  }

  // What follows a backslash.
  bool Escape() {
    if (Take('u')) {
      constexpr std::size_t kDigits = 4;
      if (rest_.size() < kDigits) return false;
      const std::string_view digits = rest_.substr(0, kDigits);
      rest_.remove_prefix(kDigits);
      return digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    }
    if (rest_.empty() || std::string_view("\"\\/bfnrt").find(rest_.front()) == std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      return Digits();
    }
    return true;
  }

  bool Digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count != 0;
  }

  bool Word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::string_view rest_;
};

constexpr std::uint32_t kReplacement = 0xfffd;

void AppendUtf8(std::uint32_t code, std::string& text) {
  const auto low = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text.append({static_cast<char>(0xc0 | code >> 6), low(0)});
  } else if (code < 0x10000) {
    text.append({static_cast<char>(0xe0 | code >> 12), low(6), low(0)});
  } else {
    text.append({static_cast<char>(0xf0 | code >> 18), low(12), low(6), low(0)});
  }
}

// The four digits of "\uXXXX" at the start of `rest`, which is moved behind them; nothing if it does not
// begin so.
std::optional<std::uint32_t> TakeUnit(std::string_view& rest) {
  if (!rest.starts_with("\\u")) return std::nullopt;
  std::uint32_t unit = 0;
  std::from_chars(rest.data() + 2, rest.data() + 6, unit, 16);
  rest.remove_prefix(6);
  return unit;
}

// An escape at the start of `rest`, which is moved behind it.
void AppendEscaped(std::string_view& rest, std::string& text) {
  if (const std::optional<std::uint32_t> unit = TakeUnit(rest)) {
    if (*unit < 0xd800 || *unit > 0xdfff) return AppendUtf8(*unit, text);
    std::string_view behind = rest;
    const std::optional<std::uint32_t> low = TakeUnit(behind);
    if (*unit > 0xdbff || !low || *low < 0xdc00 || *low > 0xdfff) return AppendUtf8(kReplacement, text);
    rest = behind;
    return AppendUtf8(0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00), text);
  }
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  const std::size_t letter = kLetters.find(rest[1]);
  text += letter == std::string_view::npos ? rest[1] : kMeanings[letter];
  rest.remove_prefix(2);
}

// What the valid string at the start of `rest` says.
std::string Unquote(std::string_view rest) {
  std::string text;
  rest.remove_prefix(1);
  while (rest.front() != '"') {
    const std::size_t plain = rest.find_first_of("\"\\");
    text.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.front() == '\\') AppendEscaped(rest, text);
  }
  return text;
}

}  // namespace

std::optional<JsonView> JsonView::Read(std::string_view text) {
  if (!IsUtf8(text) || !JsonScanner(text).Document()) return std::nullopt;
  JsonScanner scanner(text);
  scanner.SkipBlanks();
  return JsonView(scanner.rest());
}

std::vector<std::pair<std::string, JsonView>> JsonView::Members() const {
  std::vector<std::pair<std::string, JsonView>> members;
  JsonScanner scanner(text_);
  if (!scanner.Take('{')) return members;
  scanner.SkipBlanks();
  while (!scanner.Take('}')) {
    const std::string_view name = scanner.rest();
    scanner.String();
    scanner.Colon();
    scanner.SkipBlanks();
    members.emplace_back(Unquote(name), JsonView(scanner.rest()));
    scanner.Value();
    scanner.SkipBlanks();
    if (scanner.Take(',')) scanner.SkipBlanks();
  }
  return members;
}

std::optional<JsonView> JsonView::Member(std::string_view name) const {
  const auto members = Members();
  const auto found = std::ranges::find(members, name, [](const auto& member) { return member.first; });
  return found != members.end() ? std::optional(found->second) : std::nullopt;
}

std::vector<JsonView> JsonView::Items() const {
  std::vector<JsonView> items;
  JsonScanner scanner(text_);
  if (!scanner.Take('[')) return items;
  scanner.SkipBlanks();
  while (!scanner.Take(']')) {
    items.push_back(JsonView(scanner.rest()));
    scanner.Value();
    scanner.SkipBlanks();
    if (scanner.Take(',')) scanner.SkipBlanks();
  }
  return items;
}

std::string JsonView::Minified() const {
  JsonScanner scanner(text_);
  scanner.Value();
  const std::string_view value = text_.substr(0, text_.size() - scanner.rest().size());
  std::string minified;
  bool is_in_text = false;
  bool is_escaped = false;
  for (const char c : value) {
    if (c == '"' && !is_escaped) is_in_text = !is_in_text;
    is_escaped = c == '\\' && !is_escaped;
    if (is_in_text || std::string_view(" \t\r\n").find(c) == std::string_view::npos) minified += c;
  }
  return minified;
}

std::optional<std::string> JsonView::Text() const {
  if (!text_.starts_with('"')) return std::nullopt;
  return Unquote(text_);
}

}  // namespace cairn::base
