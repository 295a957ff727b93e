#include "server/registry/public_form.h"

#include <algorithm>
#include <array>

#include "analysis/signature/java_trace.h"
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

std::string JavaTrace(std::string_view text) {
  std::string result;
  for (bool is_first = true; !text.empty(); is_first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view words = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string_view thrown = words.substr(0, words.find_first_of(":\r"));
    const std::string_view kept =
        is_first && signature::IsJavaClassName(thrown) ? thrown : signature::JavaStackLine(line);
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
