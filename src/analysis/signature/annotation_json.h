// Reads the JSON that stands in an annotation, as the reference generator does: with Python's json module.
//
// Notes quote what that module says of a mistake, and signatures what Python makes of a value that is no text
// ("None", "1e+22"); both are here, so that they are the same. Everywhere else JSON is read by simdjson.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cairn::signature {

inline constexpr int kMaxAnnotationJsonDepth = 500;               // Python's own stack holds less than 1,000.
inline constexpr std::size_t kMaxAnnotationJsonBytes = 16 << 10;  // Those seen have at most some kilobytes.

struct JsonMember;

struct JsonValue {
  enum class Kind : unsigned char { kNull, kBool, kInteger, kFloat, kText, kList, kObject };
  Kind kind = Kind::kNull;
  std::string text;                 // kText: the text; others but the last two: str() of it.
  std::vector<JsonMember> members;  // kObject, and kList without names.

  // The member of this name; nullptr if there is none.
  const JsonValue* Find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// What is wrong: "Expecting value: line 1 column 1 (char 0)".
struct JsonMistake {
  std::string text;
  bool is_too_deep = false;  // Not a mistake of syntax.
};

std::variant<JsonValue, JsonMistake> ReadAnnotationJson(std::string_view json);

// Python's str() of a value, and the name of its type.
std::string PythonText(const JsonValue& value);
std::string_view PythonType(const JsonValue& value);

}  // namespace cairn::signature
