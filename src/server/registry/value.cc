#include "server/registry/value.h"

#include <charconv>
#include <cmath>

#include "base/parse_json.h"

namespace cairn::registry {
namespace {

using base::Code;
using base::Error;
using wire::AnnotationType;

std::string_view TrimEnd(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

template <typename Number>
base::Result<Number> ReadNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return Error{Code::kBadValue, 0, "number"};
  return number;
}

base::Result<Value> ReadObject(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS || (!root.is_object() && !root.is_array()))
    return Error{Code::kBadValue, 0, "JSON"};
  return Value(JsonText{simdjson::minify(root)});
}

}  // namespace

base::Result<Value> ReadValue(AnnotationType type, std::string_view text) {
  text = TrimEnd(text);
  switch (type) {
    case AnnotationType::kString: return Value(std::string(text));
    case AnnotationType::kBoolean:
      if (text == "1" || text == "true") return Value(true);
      if (text == "0" || text == "false") return Value(false);
      return Error{Code::kBadValue, 0, "boolean"};
    case AnnotationType::kU32: {
      ASSIGN_OR_RETURN(const std::uint32_t number, ReadNumber<std::uint32_t>(text));
      return Value(std::uint64_t{number});
    }
    case AnnotationType::kU64: {
      ASSIGN_OR_RETURN(const std::uint64_t number, ReadNumber<std::uint64_t>(text));
      return Value(number);
    }
    case AnnotationType::kF64: {
      ASSIGN_OR_RETURN(const double number, ReadNumber<double>(text));
      if (!std::isfinite(number)) return Error{Code::kBadValue, 0, "number"};
      return Value(number);
    }
    case AnnotationType::kObject: return ReadObject(text);
  }
  return Error{Code::kUnsupported, 0, "type of an annotation"};
}

void WriteValue(const Value& value, base::JsonWriter& json) {
  struct Writer {
    base::JsonWriter& json;
    void operator()(bool truth) const { json.Bool(truth); }
    void operator()(std::uint64_t number) const { json.Number(number); }
    void operator()(double number) const { json.Double(number); }
    void operator()(const std::string& text) const { json.String(text); }
    void operator()(const JsonText& object) const { json.Raw(object.text); }
  };
  std::visit(Writer{json}, value);
}

std::string TextOf(const Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  base::JsonWriter json;
  WriteValue(value, json);
  return json.Take();
}

}  // namespace cairn::registry
