#include "server/intake/stored_ping.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::intake {
namespace {

std::string TextAt(simdjson::dom::element element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// What is there in one namespace only, or rarely.
struct OptionalText {
  std::string_view key;
  std::string StoredPing::* member;
};
constexpr OptionalText kOptionalTexts[] = {{"app_name", &StoredPing::app_name},
                                           {"app_version", &StoredPing::app_version},
                                           {"app_channel", &StoredPing::app_channel},
                                           {"app_build_id", &StoredPing::app_build_id},
                                           {"source_tags", &StoredPing::source_tags}};

}  // namespace

std::string WriteStoredPing(const StoredPing& ping) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("id");
  json.String(ping.id);
  json.Key("id_is_made_up");
  json.Bool(ping.id_is_made_up);
  json.TextField("namespace", ping.name_space);
  json.TextField("doc_type", ping.doc_type);
  json.NumberField("version", ping.version);
  for (const OptionalText& field : kOptionalTexts) {
    if (!(ping.*field.member).empty()) json.TextField(field.key, ping.*field.member);
  }
  json.Key("submitted");
  json.String(ping.submitted);
  json.NumberField("submitted_ms", ping.submitted_ms);
  json.Key("compressed");
  json.Bool(ping.compressed);
  json.EndObject();
  return json.Take() + "\n" + ping.body;
}

base::Result<StoredPing> ReadStoredPing(std::string_view text) {
  const std::size_t line = text.find('\n');
  simdjson::dom::parser parser;
  simdjson::dom::element head;
  if (line == std::string_view::npos ||
      base::ParseJson(parser, text.substr(0, line)).get(head) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "stored ping: its first line"};
  }
  StoredPing ping;
  ping.id = TextAt(head, "id");
  ping.name_space = TextAt(head, "namespace");
  ping.doc_type = TextAt(head, "doc_type");
  for (const OptionalText& field : kOptionalTexts) ping.*field.member = TextAt(head, field.key);
  // Absent in what earlier versions stored.
  if (head["version"].get(ping.version) != simdjson::SUCCESS) ping.version = -1;
  ping.submitted = TextAt(head, "submitted");
  if (head["submitted_ms"].get(ping.submitted_ms) != simdjson::SUCCESS ||
      head["id_is_made_up"].get(ping.id_is_made_up) != simdjson::SUCCESS ||
      head["compressed"].get(ping.compressed) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "stored ping: its first line"};
  }
  ping.body = std::string(text.substr(line + 1));
  return ping;
}

std::string CleanUuid(std::string_view text) {
  std::string uuid(text);
  if (uuid.size() != 36) return {};
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    char& c = uuid[i];
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return {};
  }
  return uuid;
}

}  // namespace cairn::intake
