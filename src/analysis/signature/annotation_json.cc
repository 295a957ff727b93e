#include "analysis/signature/annotation_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "analysis/signature/unicode.h"

namespace cairn::signature {
namespace {

using Kind = JsonValue::Kind;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// 1.5 to "1.5", 1e22 to "1e+22", 3e2 to "300.0".
std::string FloatText(std::string_view number) {
  const double value = std::strtod(std::string(number).c_str(), nullptr);
  // The fewest digits that are this number. Not by std::to_chars, which brings a library of mathematics along
  // that `cairn` does not link.
  // Of ordinary numbers fifteen are always kept, so zeros behind fewer may be cut off. Of the smallest ones
  // they are not; if some digits are the number, more are too.
  std::array<char, 32> buffer{};
  int written = 0;
  const auto is_same_with = [&](int digits_behind) {
    written = std::snprintf(buffer.data(), buffer.size(), "%.*e", digits_behind, value);
    return std::strtod(buffer.data(), nullptr) == value;
  };
  int least = std::abs(value) < std::numeric_limits<double>::min() ? 0 : 14;
  int most = 16;
  while (least < most) {
    const int middle = (least + most) / 2;
    is_same_with(middle) ? void(most = middle) : void(least = middle + 1);
  }
  (void)is_same_with(most);
  const std::string_view shortest(buffer.data(), static_cast<std::size_t>(written));
  const std::size_t e = shortest.find('e');
  if (e == std::string_view::npos) return std::string(shortest);  // "inf", "-inf".
  std::string digits(shortest.substr(0, e));
  const std::string sign = digits.starts_with('-') ? "-" : "";
  digits.erase(0, sign.size());
  std::erase(digits, '.');
  digits.erase(std::max<std::size_t>(digits.find_last_not_of('0') + 1, 1));
  int exponent = 0;
  const std::string_view power = shortest.substr(e + (shortest[e + 1] == '+' ? 2 : 1));
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  const auto size = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    if (size > 1) digits.insert(1, ".");
    const std::string absolute = std::to_string(std::abs(exponent));
    return sign + digits + (exponent < 0 ? "e-" : "e+") + (absolute.size() < 2 ? "0" : "") + absolute;
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (exponent + 1 >= size)
    return sign + digits + std::string(static_cast<std::size_t>(exponent + 1 - size), '0') + ".0";
  return sign + digits.insert(static_cast<std::size_t>(exponent + 1), ".");
}

void AppendUtf8(std::uint32_t character, std::string& to) {
  if (character >= 0xd800 && character < 0xe000) character = 0xfffd;  // Half of a pair.
  if (character < 0x80) {
    to += static_cast<char>(character);
  } else if (character < 0x800) {
    to += static_cast<char>(0xc0 | character >> 6);
    to += static_cast<char>(0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    to += static_cast<char>(0xe0 | character >> 12);
    to += static_cast<char>(0x80 | (character >> 6 & 0x3f));
    to += static_cast<char>(0x80 | (character & 0x3f));
  } else {
    to += static_cast<char>(0xf0 | character >> 18);
    to += static_cast<char>(0x80 | (character >> 12 & 0x3f));
    to += static_cast<char>(0x80 | (character >> 6 & 0x3f));
    to += static_cast<char>(0x80 | (character & 0x3f));
  }
}

class Reader {
 public:
  explicit Reader(std::string_view json) : json_(json) {}

  std::variant<JsonValue, JsonMistake> Read() {
    JsonValue value;
    if (json_.starts_with("\xef\xbb\xbf")) {
      Fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
      return *std::move(mistake_);
    }
    SkipSpaces();
    if (Value(0, value)) {
      SkipSpaces();
      if (place_ < json_.size()) Fail("Extra data", place_);
    }
    if (mistake_) return *std::move(mistake_);
    return value;
  }

 private:
  // Each step is false where there is a mistake.
  bool Fail(std::string_view what, std::size_t place) {
    const std::string_view before = json_.substr(0, std::min(place, json_.size()));
    const std::size_t line_start = before.rfind('\n') + 1;
    const auto lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    mistake_ = {std::string(what) + ": line " + std::to_string(lines + 1) + " column " +
                std::to_string(CountCharacters(before.substr(line_start)) + 1) + " (char " +
                std::to_string(CountCharacters(before)) + ")"};
    return false;
  }

  bool At(char c) const { return place_ < json_.size() && json_[place_] == c; }
  bool Take(std::string_view word) {
    if (!json_.substr(place_).starts_with(word)) return false;
    place_ += word.size();
    return true;
  }
  void SkipSpaces() { place_ = std::min(json_.find_first_not_of(" \t\n\r", place_), json_.size()); }

  bool Value(int depth, JsonValue& value) {
    if (At('"')) {
      value.kind = Kind::kText;
      return Text(value.text);
    }
    if (At('{') || At('[')) {
      const bool is_object = At('{');
      if (depth == kMaxAnnotationJsonDepth) {
        mistake_ = {std::string("maximum recursion depth exceeded while decoding a JSON ") +
                        (is_object ? "object" : "array") + " from a unicode string",
                    true};
        return false;
      }
      value.kind = is_object ? Kind::kObject : Kind::kList;
      ++place_;
      SkipSpaces();
      return is_object ? Object(depth + 1, value) : List(depth + 1, value);
    }
    const bool is_number = place_ < json_.size() && IsDigit(json_[place_]);
    return (!is_number && Word(value)) || Number(value);
  }

  bool Word(JsonValue& value) {
    struct Row {
      std::string_view word;
      Kind kind;
      std::string_view text;
    };
    constexpr Row kRows[] = {{"null", Kind::kNull, "None"},     {"true", Kind::kBool, "True"},
                             {"false", Kind::kBool, "False"},   {"NaN", Kind::kFloat, "nan"},
                             {"Infinity", Kind::kFloat, "inf"}, {"-Infinity", Kind::kFloat, "-inf"}};
    for (const Row& row : kRows) {
      if (!Take(row.word)) continue;
      value.kind = row.kind;
      value.text = row.text;
      return true;
    }
    return false;
  }

  bool Number(JsonValue& value) {
    std::size_t end = place_;
    const auto at = [&](std::size_t place) { return place < json_.size() ? json_[place] : '\0'; };
    const auto skip_digits = [&] {
      while (IsDigit(at(end))) ++end;
    };
    if (at(end) == '-') ++end;
    if (!IsDigit(at(end))) return Fail("Expecting value", place_);
    at(end) == '0' ? void(++end) : skip_digits();
    value.kind = Kind::kInteger;
    if (at(end) == '.' && IsDigit(at(end + 1))) {
      value.kind = Kind::kFloat;
      ++end;
      skip_digits();
    }
    if (at(end) == 'e' || at(end) == 'E') {
      const std::size_t digits = end + (at(end + 1) == '-' || at(end + 1) == '+' ? 2 : 1);
      if (IsDigit(at(digits))) {
        value.kind = Kind::kFloat;
        end = digits;
        skip_digits();
      }
    }
    const std::string_view number = json_.substr(place_, end - place_);
    value.text = value.kind == Kind::kFloat ? FloatText(number) : std::string(number == "-0" ? "0" : number);
    place_ = end;
    return true;
  }

  bool Object(int depth, JsonValue& value) {
    if (Take("}")) return true;
    std::unordered_map<std::string, std::size_t>
        places;  // Of the names: one that comes again keeps its place.
    while (true) {
      if (!At('"')) return Fail("Expecting property name enclosed in double quotes", place_);
      std::string name;
      if (!Text(name)) return false;
      SkipSpaces();
      if (!Take(":")) return Fail("Expecting ':' delimiter", place_);
      SkipSpaces();
      JsonValue member;
      if (!Value(depth, member)) return false;
      const auto [known, is_new] = places.emplace(name, value.members.size());
      if (is_new) {
        value.members.push_back({std::move(name), std::move(member)});
      } else {
        value.members[known->second].value = std::move(member);
      }
      SkipSpaces();
      if (Take("}")) return true;
      if (!Take(",")) return Fail("Expecting ',' delimiter", place_);
      SkipSpaces();
    }
  }

  bool List(int depth, JsonValue& value) {
    if (Take("]")) return true;
    while (true) {
      if (!Value(depth, value.members.emplace_back().value)) return false;
      SkipSpaces();
      if (Take("]")) return true;
      if (!Take(",")) return Fail("Expecting ',' delimiter", place_);
      SkipSpaces();
    }
  }

  bool Text(std::string& text) {
    const std::size_t begin = place_++;
    while (true) {
      if (place_ == json_.size()) return Fail("Unterminated string starting at", begin);
      const char c = json_[place_];
      if (c == '"') return Take("\"");
      if (c == '\\') {
        if (!Escape(begin, text)) return false;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Fail("Invalid control character at", place_);
      text += c;
      ++place_;
    }
  }

  bool Escape(std::size_t begin, std::string& text) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (place_ + 1 == json_.size()) return Fail("Unterminated string starting at", begin);
    const char c = json_[place_ + 1];
    if (c != 'u') {
      const std::size_t escape = kEscapes.find(c);
      if (escape == std::string_view::npos) return Fail("Invalid \\escape", place_);
      text += kMeanings[escape];
      place_ += 2;
      return true;
    }
    std::optional<std::uint32_t> character = Hex(place_ + 2);
    if (!character) return Fail("Invalid \\uXXXX escape", place_ + 1);
    place_ += 6;
    if (*character >= 0xd800 && *character < 0xdc00 && json_.substr(place_).starts_with("\\u")) {
      const std::optional<std::uint32_t> low = Hex(place_ + 2);
      if (low && *low >= 0xdc00 && *low < 0xe000) {
        character = 0x10000 + ((*character & 0x3ff) << 10 | (*low & 0x3ff));
        place_ += 6;
      }
    }
    AppendUtf8(*character, text);
    return true;
  }

  // Four digits, behind which the text goes on.
  std::optional<std::uint32_t> Hex(std::size_t place) const {
    if (place + 4 >= json_.size()) return std::nullopt;
    std::uint32_t number = 0;
    const char* const digits = json_.data() + place;
    const auto [end, error] = std::from_chars(digits, digits + 4, number, 16);
    if (error != std::errc() || end != digits + 4) return std::nullopt;
    return number;
  }

  std::string_view json_;
  std::size_t place_ = 0;
  std::optional<JsonMistake> mistake_;
};

// A text as Python's repr() quotes it.
void AppendQuoted(std::string_view text, std::string& to) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  to += quote;
  for (const char c : text) {
    const std::size_t named = std::string_view("\n\r\t").find(c);
    if (c == quote || c == '\\') {
      to.append("\\").append(1, c);
    } else if (named != std::string_view::npos) {
      to.append("\\").append(1, "nrt"[named]);
    } else if ((c >= 0 && c < 0x20) || c == 0x7f) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      to.append("\\x").append(1, kDigits[static_cast<std::size_t>(c) >> 4]).append(1, kDigits[c & 0xf]);
    } else {
      to += c;
    }
  }
  to += quote;
}

void AppendRepresentation(const JsonValue& value, std::string& to) {
  if (value.kind == Kind::kText) return AppendQuoted(value.text, to);
  if (value.kind != Kind::kList && value.kind != Kind::kObject) {
    to.append(value.text);
    return;
  }
  const bool is_object = value.kind == Kind::kObject;
  to += is_object ? '{' : '[';
  for (std::size_t i = 0; i < value.members.size(); ++i) {
    if (i > 0) to.append(", ");
    if (is_object) {
      AppendQuoted(value.members[i].name, to);
      to.append(": ");
    }
    AppendRepresentation(value.members[i].value, to);
  }
  to += is_object ? '}' : ']';
}

}  // namespace

const JsonValue* JsonValue::Find(std::string_view name) const {
  if (kind != Kind::kObject) return nullptr;
  const auto member = std::ranges::find(members, name, &JsonMember::name);
  return member == members.end() ? nullptr : &member->value;
}

std::variant<JsonValue, JsonMistake> ReadAnnotationJson(std::string_view json) {
  if (json.size() > kMaxAnnotationJsonBytes) return JsonMistake{"more than 16 KiB are not read"};
  return Reader(json).Read();
}

std::string PythonText(const JsonValue& value) {
  if (value.kind == Kind::kText) return value.text;
  std::string text;
  AppendRepresentation(value, text);
  return text;
}

std::string_view PythonType(const JsonValue& value) {
  switch (value.kind) {
    case Kind::kNull: return "NoneType";
    case Kind::kBool: return "bool";
    case Kind::kInteger: return "int";
    case Kind::kFloat: return "float";
    case Kind::kText: return "str";
    case Kind::kList: return "list";
    case Kind::kObject: return "dict";
  }
  return "object";
}

}  // namespace cairn::signature
