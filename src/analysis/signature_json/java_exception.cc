#include "analysis/signature_json/java_exception.h"

#include <simdjson.h>

#include <string_view>

#include "analysis/signature/java_signature.h"
#include "analysis/signature/unicode.h"
#include "analysis/signature_json/text_of.h"
#include "base/json_writer.h"

namespace cairn::signature_json {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

bool IsThere(const element& value) {
  object members;
  array items;
  std::string_view text;
  if (value.get(members) == simdjson::SUCCESS) return members.size() > 0;
  if (value.get(items) == simdjson::SUCCESS) return items.size() > 0;
  if (value.get(text) == simdjson::SUCCESS) return !text.empty();
  return !value.is_null();
}

void WriteName(base::JsonWriter& json, std::string_view key, std::string_view name) {
  json.TextField(key, signature::FirstBytes(name, signature::kMaxJavaNameBytes));
}

void WriteStack(const signature::JavaException& exception, base::JsonWriter& json) {
  WriteName(json, "module", exception.module);
  WriteName(json, "type", exception.type);
  if (!exception.frame) return;
  json.Key("frames");
  json.BeginArray();
  json.BeginObject();
  WriteName(json, "module", exception.frame->module);
  WriteName(json, "function", exception.frame->function);
  WriteName(json, "filename", exception.frame->file);
  json.EndObject();
  json.EndArray();
}

}  // namespace

std::optional<signature::JavaException> ReadJavaException(const element& json) {
  if (!IsThere(json)) return std::nullopt;
  signature::JavaException exception;
  object stack;
  if (json["exception"]["values"].at(0)["stacktrace"].get(stack) != simdjson::SUCCESS || stack.size() == 0) {
    return exception;
  }
  exception.has_stack = true;
  exception.module = TextOf(stack, "module");
  element type;
  const bool has_type = stack["type"].get(type) == simdjson::SUCCESS;
  exception.type = !has_type ? "Unknown" : type.is_null() ? "None" : std::string(TextOf(stack, "type"));
  array frames;
  if (stack["frames"].get(frames) != simdjson::SUCCESS || frames.size() == 0) return exception;
  exception.frame.emplace();
  object frame;
  if (frames.at(0).get(frame) != simdjson::SUCCESS) return exception;
  exception.frame->module = TextOf(frame, "module");
  exception.frame->function = TextOf(frame, "function");
  exception.frame->file = TextOf(frame, "filename");
  return exception;
}

std::string WriteJavaException(const signature::JavaException& exception) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("exception");
  json.BeginObject();
  json.Key("values");
  json.BeginArray();
  if (exception.has_stack) {
    json.BeginObject();
    json.Key("stacktrace");
    json.BeginObject();
    WriteStack(exception, json);
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::signature_json
