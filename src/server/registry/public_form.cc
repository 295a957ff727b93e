#include "server/registry/public_form.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::registry {
namespace {

namespace dom = simdjson::dom;

// Of structured Java exceptions, in the form in which they come ("exception" holds "values" with a
// "stacktrace" of "frames" each), what names code. "value" holds the message; all other keys are protected.
constexpr std::array<std::string_view, 10> kExceptionKeys = {"exception", "values", "stacktrace", "frames",
                                                             "type",      "module", "function",   "filename",
                                                             "lineno",    "in_app"};

// simdjson reads up to 1024 levels, so the recursion has an end.
void CopyException(dom::element element, base::JsonWriter& json) {
  dom::object object;
  dom::array array;
  if (element.get(object) == simdjson::SUCCESS) {
    json.BeginObject();
    for (const dom::key_value_pair field : object) {
      if (std::ranges::find(kExceptionKeys, field.key) == kExceptionKeys.end()) continue;
      json.Key(field.key);
      CopyException(field.value, json);
    }
    json.EndObject();
  } else if (element.get(array) == simdjson::SUCCESS) {
    json.BeginArray();
    for (const dom::element member : array) CopyException(member, json);
    json.EndArray();
  } else {
    json.Raw(simdjson::minify(element));
  }
}

std::string JavaException(std::string_view text) {
  dom::parser parser;
  dom::element root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS || !root.is_object()) return {};
  base::JsonWriter json;
  CopyException(root, json);
  return json.Take();
}

bool IsClassName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '$';
  });
}

// The line without its message; empty if it is none of a stack, but a further line of a message.
std::string JavaLine(std::string_view line, bool is_first) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  const std::string_view words = line.substr(start);
  if (start > 0 && (words.starts_with("at ") || words.starts_with("... "))) return std::string(line);
  for (const std::string_view lead : {"Caused by: ", "Suppressed: ", ""}) {
    if (!words.starts_with(lead) || (lead.empty() && !is_first)) continue;
    const std::string_view rest = words.substr(lead.size());
    const std::string_view name = rest.substr(0, rest.find(':'));
    if (IsClassName(name)) return std::string(line.substr(0, start)) + std::string(lead) + std::string(name);
  }
  return {};
}

std::string JavaTrace(std::string_view text) {
  std::string result;
  for (bool is_first = true; !text.empty(); is_first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.ends_with('\r')) line.remove_suffix(1);
    const std::string kept = JavaLine(line, is_first);
    if (kept.empty()) continue;
    if (!result.empty()) result += '\n';
    result += kept;
  }
  return result;
}

}  // namespace

std::string PublicForm(wire::AnnotationPublicForm form, std::string_view value) {
  switch (form) {
    case wire::AnnotationPublicForm::kWhole: return std::string(value);
    case wire::AnnotationPublicForm::kBeforeEquals: return std::string(value.substr(0, value.find('=')));
    case wire::AnnotationPublicForm::kJavaException: return JavaException(value);
    case wire::AnnotationPublicForm::kJavaTrace: return JavaTrace(value);
  }
  return {};
}

}  // namespace cairn::registry
