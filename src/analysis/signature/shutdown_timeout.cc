#include "analysis/signature/shutdown_timeout.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/signature/annotation_json.h"
#include "analysis/signature/unicode.h"
#include "base/json_writer.h"

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
  result.names.reserve(conditions.members.size());
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
  // With commas between them, no more than so many fit.
  constexpr std::size_t kMaxNames = kMaxShutdownPartBytes + 1;
  if (names.size() > kMaxNames) {
    std::ranges::nth_element(names, names.begin() + kMaxNames);
    names.resize(kMaxNames);
  }
  std::ranges::sort(names);
  std::string joined;
  for (const std::string& name : names) {
    if (joined.size() > kMaxShutdownPartBytes) break;
    joined.append(&name == names.data() ? "" : ",").append(name);
  }
  return std::string(FirstBytes(joined, kMaxShutdownPartBytes));
}

// What the annotation says, as far as the signature tells of it.
struct Parts {
  std::string failure;
  std::string mistake;
  bool is_json = false;
  std::optional<std::string> phase;
  std::optional<std::string> names;  // None: there are no conditions.
};

Parts ReadParts(std::string_view annotation) {
  Parts parts;
  const std::variant<JsonValue, JsonMistake> read = ReadAnnotationJson(annotation);
  if (const auto* const mistake = std::get_if<JsonMistake>(&read)) {
    (mistake->is_too_deep ? parts.failure : parts.mistake) = mistake->text;
    return parts;
  }
  parts.is_json = true;
  const JsonValue& timeout = std::get<JsonValue>(read);
  if (timeout.kind != Kind::kObject) {
    parts.failure = "'" + std::string(PythonType(timeout)) + "' object has no attribute 'get'";
    return parts;
  }
  const JsonValue* const phase = timeout.Find("phase");
  if (phase != nullptr && phase->kind == Kind::kText) {
    parts.phase = FirstBytes(phase->text, kMaxShutdownPartBytes);
  }
  const JsonValue* const conditions = timeout.Find("conditions");
  if (conditions == nullptr || IsNothing(*conditions)) return parts;
  Names names = NamesOf(*conditions);
  parts.failure = std::move(names.failure);
  parts.mistake = std::move(names.mistake);
  if (!names.names.empty()) parts.names = Join(std::move(names.names));
  return parts;
}

}  // namespace

ShutdownTimeout ReadShutdownTimeout(std::string_view annotation) {
  Parts parts = ReadParts(annotation);
  ShutdownTimeout result{.failure = std::move(parts.failure), .signature = "AsyncShutdownTimeout"};
  if (parts.is_json) result.signature += " | " + parts.phase.value_or("(unknown)");
  result.signature += " | " + (parts.mistake.empty() ? parts.names.value_or("(none)") : "UNKNOWN");
  result.mistake = std::move(parts.mistake);
  return result;
}

std::string ReduceShutdownTimeout(std::string_view annotation) {
  const Parts parts = ReadParts(annotation);
  if (!parts.failure.empty()) return {};
  if (!parts.is_json) return "{";
  base::JsonWriter json;
  json.BeginObject();
  if (parts.phase) json.TextField("phase", *parts.phase);
  if (!parts.mistake.empty()) {
    json.Key("conditions");
    json.Raw("[{}]");  // A condition without a name, which is what was wrong.
  } else if (parts.names) {
    json.Key("conditions");
    json.BeginArray();
    json.String(*parts.names);
    json.EndArray();
  }
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::signature
