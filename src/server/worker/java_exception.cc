#include "server/worker/java_exception.h"

#include <simdjson.h>

#include <initializer_list>

#include "analysis/signature_json/java_exception.h"
#include "base/parse_json.h"

namespace cairn::worker {
namespace {

namespace dom = simdjson::dom;

std::string TextAt(dom::element object, std::initializer_list<std::string_view> names) {
  std::string_view text;
  for (const std::string_view name : names) {
    if (object[name].get(text) == simdjson::SUCCESS) break;
  }
  return std::string(text);
}

// The first frame of a "stack"; Glean has no class without one.
std::optional<signature::JavaFrame> FirstFrame(dom::element holder) {
  dom::element frame;
  if (holder["stack"].at(0).get(frame) != simdjson::SUCCESS) return std::nullopt;
  return signature::JavaFrame{.module = TextAt(frame, {"class_name", "className"}),
                              .function = TextAt(frame, {"method_name", "methodName"}),
                              .file = TextAt(frame, {"file"})};
}

// Nothing if the form is another.
std::optional<signature::JavaException> ReadGlean(dom::element json) {
  dom::element thrown;
  if (json["throwables"].at(0).get(thrown) == simdjson::SUCCESS) {
    std::string type = TextAt(thrown, {"type_name", "typeName"});
    return signature::JavaException{.has_stack = true,
                                    .module = {},
                                    .type = type.empty() ? "Unknown" : std::move(type),
                                    .frame = FirstFrame(thrown)};
  }
  if (json["stack"].is_array()) {
    return signature::JavaException{
        .has_stack = true, .module = {}, .type = "Unknown", .frame = FirstFrame(json)};
  }
  return std::nullopt;
}

}  // namespace

std::string ReduceJavaException(std::string_view annotation) {
  dom::parser parser;
  dom::element json;
  if (base::ParseJson(parser, annotation).get(json) != simdjson::SUCCESS) return {};
  std::optional<signature::JavaException> exception = ReadGlean(json);
  if (!exception) exception = signature_json::ReadJavaException(json);
  return exception ? signature_json::WriteJavaException(*exception) : std::string();
}

std::optional<signature::JavaException> ReadJavaException(std::string_view annotation) {
  dom::parser parser;
  dom::element json;
  if (annotation.empty() || base::ParseJson(parser, annotation).get(json) != simdjson::SUCCESS)
    return std::nullopt;
  return signature_json::ReadJavaException(json);
}

}  // namespace cairn::worker
