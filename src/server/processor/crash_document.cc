#include "server/processor/crash_document.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"

namespace cairn::processor {
namespace {

namespace dom = simdjson::dom;

void WriteTexts(base::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key);
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

// Of the report, and what only the dump has.
void WriteAnnotations(base::JsonWriter& json, const DocumentParts& parts) {
  std::map<std::string, std::string> all = parts.arrival.annotations;
  all.insert(parts.outcome.dump_annotations.begin(), parts.outcome.dump_annotations.end());
  json.Key("annotations");
  json.BeginObject();
  for (const auto& [name, value] : all) json.TextField(name, value);
  json.EndObject();
}

std::vector<std::string> TextsAt(dom::element element, const char* key) {
  std::vector<std::string> texts;
  dom::array array;
  if (element[key].get(array) != simdjson::SUCCESS) return texts;
  for (const dom::element member : array) {
    std::string_view text;
    if (member.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

}  // namespace

std::string WriteDocument(const DocumentParts& parts) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("kind", search::CrashKindName(parts.arrival.kind));
  json.TextField("completed_datetime", os::FormatIso(os::UnixMillis()));
  for (const auto& [field, value] : parts.record.fields) {
    json.Key(field);
    registry::WriteValue(value, json);
  }
  WriteTexts(json, "processor_notes", parts.record.notes);
  WriteTexts(json, "processor_history", parts.history);
  WriteAnnotations(json, parts);
  json.Key("json_dump");
  json.Raw(parts.outcome.json_dump);
  if (!parts.more_dumps.empty()) {
    std::vector<std::string> names;
    for (const auto& [name, dump] : parts.more_dumps) {
      names.push_back(name);
      json.Key(name);
      json.Raw(dump);
    }
    WriteTexts(json, "additional_minidumps", names);
  }
  json.EndObject();
  return json.Take();
}

std::vector<std::string> HistoryOf(std::string_view document) {
  dom::parser parser;
  dom::element root;
  if (base::ParseJson(parser, document).get(root) != simdjson::SUCCESS) return {};
  std::string_view when;
  if (root["completed_datetime"].get(when) != simdjson::SUCCESS) return {};
  std::string entry(when);
  for (const std::string& note : TextsAt(root, "processor_notes")) entry += "\n" + note;
  std::vector<std::string> history = {entry};
  for (std::string& older : TextsAt(root, "processor_history")) {
    if (history.size() == kMaxHistoryEntries) break;
    history.push_back(std::move(older));
  }
  return history;
}

search::CrashRow MakeRow(const Arrival& arrival, const worker::CrashOutcome& outcome, const Record& record) {
  search::CrashRow row;
  row.kind = arrival.kind;
  row.uuid = arrival.uuid;
  row.date_ms = arrival.submitted_ms;
  row.product = record.Text("product");
  row.version = record.Text("version");
  row.release_channel = record.Text("release_channel");
  row.build_id = arrival.build_id;
  row.process_type = record.Text("process_type");
  row.platform = record.Text("os_name");
  row.platform_version = record.Text("os_version");
  row.cpu_arch = record.Text("cpu_arch");
  row.reason = outcome.reason;
  row.address = record.Text("address");
  row.minidump_sha256_hash = arrival.minidump_sha256_hash;
  row.rule = arrival.rule;
  row.signature_annotations = SignatureAnnotationsOf(arrival);
  row.signature = outcome.signature;
  row.proto_signature = outcome.proto_signature;
  for (const worker::OutcomeFrame& frame : outcome.stack) {
    search::StackFrame& added = row.stack.emplace_back();
    added.module = frame.module;
    added.debug_id = frame.debug_id;
    added.module_offset = frame.module_offset;
    for (const worker::FrameName& name : frame.names)
      added.names.push_back({name.function, name.file, name.line});
  }
  return row;
}

worker::CrashOutcome EmptyOutcome(std::string signature, std::string_view status) {
  worker::CrashOutcome outcome;
  outcome.proto_signature = signature;
  outcome.signature = std::move(signature);
  outcome.json_dump = "{\"status\":" + base::QuoteJson(status) + "}";
  return outcome;
}

}  // namespace cairn::processor
