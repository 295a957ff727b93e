#include "analysis/signature/shutdown_timeout.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/signature/annotation_json.h"
#include "analysis/signature/unicode.h"

namespace cairn::signature {
namespace {

using Kind = JsonValue::Kind;

// What Python takes for false: nothing, zero, and what is empty.
bool IsNothing(const JsonValue& value) {
  switch (value.kind) {
    case Kind::kNull: return true;
    case Kind::kBool: return value.text == "False";
    case Kind::kInteger: return value.text == "0";
    case Kind::kFloat: return value.text == "0.0" || value.text == "-0.0";
    case Kind::kText: return value.text.empty();
    case Kind::kList:
    case Kind::kObject: return value.members.empty();
  }
  return true;
}

struct Names {
  std::vector<std::string> names;
  std::string failure;
  std::string mistake;
};

// A condition is a name, or an object with one. The names of an object and the characters of a text are taken
// too, as Python does.
Names NamesOf(const JsonValue& conditions) {
  Names result;
  switch (conditions.kind) {
    case Kind::kText:
      for (std::string_view rest = conditions.text; !rest.empty();) {
        const std::string_view character = FirstCharacters(rest, 1);
        result.names.emplace_back(character);
        rest.remove_prefix(character.size());
      }
      return result;
    case Kind::kObject:
      for (const JsonMember& member : conditions.members) result.names.push_back(member.name);
      return result;
    case Kind::kList: break;
    default:
      result.failure = "'" + std::string(PythonType(conditions)) + "' object is not iterable";
      return result;
  }
  for (const JsonMember& member : conditions.members) {
    const JsonValue& condition = member.value;
    const JsonValue* const name = condition.kind == Kind::kObject ? condition.Find("name") : &condition;
    if (name == nullptr) {
      result.mistake = "'name'";
      return result;
    }
    result.names.push_back(PythonText(*name));
  }
  return result;
}

std::string Join(std::vector<std::string> names) {
  std::ranges::sort(names);
  std::string joined;
  for (const std::string& name : names) joined.append(&name == names.data() ? "" : ",").append(name);
  return joined;
}

}  // namespace

ShutdownTimeout ReadShutdownTimeout(std::string_view annotation) {
  ShutdownTimeout result{.signature = "AsyncShutdownTimeout"};
  const std::variant<JsonValue, JsonMistake> read = ReadAnnotationJson(annotation);
  if (const auto* const mistake = std::get_if<JsonMistake>(&read)) {
    (mistake->is_too_deep ? result.failure : result.mistake) = mistake->text;
    result.signature += " | UNKNOWN";
    return result;
  }
  const JsonValue& timeout = std::get<JsonValue>(read);
  if (timeout.kind != Kind::kObject) {
    result.failure = "'" + std::string(PythonType(timeout)) + "' object has no attribute 'get'";
    return result;
  }
  const JsonValue* const phase = timeout.Find("phase");
  result.signature += " | " + (phase != nullptr && phase->kind == Kind::kText ? phase->text : "(unknown)");
  const JsonValue* const conditions = timeout.Find("conditions");
  Names names;
  if (conditions != nullptr && !IsNothing(*conditions)) names = NamesOf(*conditions);
  result.failure = std::move(names.failure);
  result.mistake = std::move(names.mistake);
  if (!result.mistake.empty()) {
    result.signature += " | UNKNOWN";
  } else {
    result.signature += " | " + (names.names.empty() ? "(none)" : Join(std::move(names.names)));
  }
  return result;
}

}  // namespace cairn::signature
