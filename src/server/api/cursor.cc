#include "server/api/cursor.h"

#include <cstdint>

#include "base/byte_reader.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/search/uuid.h"

namespace cairn::api {
namespace {

using search::FieldType;
using search::Value;

std::string NameOf(const search::Sort& sort) {
  return (sort.descending ? "-" : "") + search::FieldOf(sort.field).name;
}

void Write(const Value& value, base::JsonWriter& json) {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    json.String(*text);
  } else if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    json.Number(*number);
  } else if (const auto* const fraction = std::get_if<double>(&value)) {
    json.Double(*fraction);
  } else {
    json.Null();
  }
}

// Nothing if it is none of that type.
std::optional<Value> Read(const simdjson::dom::element& element, FieldType type) {
  if (element.is_null()) return Value();
  std::string_view text;
  if (search::IsText(type))
    return element.get(text) == simdjson::SUCCESS ? std::optional(Value(std::string(text))) : std::nullopt;
  std::int64_t number = 0;
  if (type != FieldType::kNumber)
    return element.get(number) == simdjson::SUCCESS ? std::optional(Value(number)) : std::nullopt;
  double fraction = 0;
  return element.get(fraction) == simdjson::SUCCESS ? std::optional(Value(fraction)) : std::nullopt;
}

}  // namespace

std::string MakeCursor(const std::vector<search::Sort>& sort, const search::HitPosition& position) {
  base::JsonWriter json;
  json.BeginArray();
  for (std::size_t i = 0; i < sort.size(); ++i) {
    json.String(NameOf(sort[i]));
    Write(position.sort_values[i], json);
  }
  json.Number(position.date_ms);
  json.String(position.uuid);
  json.String(search::CrashKindName(position.kind));
  json.EndArray();
  return base::BytesToHex(base::AsBytes(json.text()));
}

std::optional<search::HitPosition> ReadCursor(const std::vector<search::Sort>& sort, std::string_view text) {
  if (text.size() > kMaxCursorBytes) return std::nullopt;
  const std::optional<std::vector<std::byte>> json = base::HexToBytes(text);
  if (!json) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::array parts;
  if (base::ParseJson(parser, base::AsText(*json)).get(parts) != simdjson::SUCCESS ||
      parts.size() != 2 * sort.size() + 3)
    return std::nullopt;
  search::HitPosition position;
  auto part = parts.begin();
  std::string_view word;
  for (const search::Sort& each : sort) {
    if ((*part).get(word) != simdjson::SUCCESS || word != NameOf(each)) return std::nullopt;
    std::optional<Value> value = Read(*++part, search::FieldOf(each.field).type);
    if (!value) return std::nullopt;
    position.sort_values.push_back(*std::move(value));
    ++part;
  }
  if ((*part).get(position.date_ms) != simdjson::SUCCESS) return std::nullopt;
  if ((*++part).get(word) != simdjson::SUCCESS || !search::ParseUuid(word)) return std::nullopt;
  position.uuid = word;
  if ((*++part).get(word) != simdjson::SUCCESS) return std::nullopt;
  if (word == search::CrashKindName(search::CrashKind::kPing)) position.kind = search::CrashKind::kPing;
  return position;
}

}  // namespace cairn::api
