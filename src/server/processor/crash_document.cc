#include "server/processor/crash_document.h"

#include <simdjson.h>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"
#include "server/intake/annotation_names.h"
#include "wire/annotation_registry.h"

namespace cairn::processor {
namespace {

namespace dom = simdjson::dom;
using Annotations = std::map<std::string, std::string>;

std::string FirstOf(const Annotations& annotations, const intake::AnnotationNames& names) {
  for (const std::string_view name : names) {
    const auto found = annotations.find(std::string(name));
    if (found != annotations.end() && !found->second.empty()) return found->second;
  }
  return {};
}

// The collector's own keys in a raw crash.
bool IsCollectorKey(std::string_view name) {
  return name == "metadata" || name == "submitted_timestamp" || name == "uuid" || name == "version";
}

void WriteKnown(base::JsonWriter& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.TextField(key, text);  // Absent is unknown.
}

void WriteNotes(base::JsonWriter& json, const worker::CrashOutcome& outcome,
                const std::vector<std::string>& notes) {
  json.Key("processor_notes");
  json.BeginArray();
  for (const std::string& note : notes) json.String(note);
  for (const std::string& note : outcome.notes) json.String(note);
  json.EndArray();
}

void WriteMissingSymbols(base::JsonWriter& json, const worker::CrashOutcome& outcome) {
  json.Key("missing_symbols");
  json.BeginArray();
  for (const worker::MissingSymbols& module : outcome.missing_symbols) {
    json.BeginObject();
    WriteKnown(json, "debug_file", module.debug_file);
    WriteKnown(json, "debug_id", module.debug_id);
    WriteKnown(json, "code_file", module.code_file);
    WriteKnown(json, "code_id", module.code_id);
    json.EndObject();
  }
  json.EndArray();
}

void WritePublicAnnotations(base::JsonWriter& json, const Arrival& arrival,
                            const worker::CrashOutcome& outcome) {
  Annotations shown = outcome.dump_annotations;
  for (const auto& [name, value] : arrival.annotations) shown.insert_or_assign(name, value);
  json.Key("annotations");
  json.BeginObject();
  for (const auto& [name, value] : shown) {
    if (!wire::IsPublicAnnotation(name)) continue;
    json.Key(name);
    json.String(value);
  }
  json.EndObject();
}

}  // namespace

base::Result<Arrival> ReadRawCrash(std::string_view text) {
  dom::parser parser;
  dom::object root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "raw crash: it is no JSON object"};
  }
  Arrival arrival;
  for (const dom::key_value_pair field : root) {
    if (IsCollectorKey(field.key)) continue;
    std::string_view value;
    const bool is_text = field.value.get(value) == simdjson::SUCCESS;
    arrival.annotations[std::string(field.key)] =
        is_text ? std::string(value) : simdjson::minify(field.value);
  }
  std::string_view uuid;
  if (root["uuid"].get(uuid) != simdjson::SUCCESS ||
      root["metadata"]["submitted_ms"].get(arrival.submitted_ms) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "raw crash: its metadata"};
  }
  arrival.uuid = std::string(uuid);
  std::string_view value;
  if (root["metadata"]["throttle_rule"].get(value) == simdjson::SUCCESS) arrival.rule = std::string(value);
  double weight = 0;
  // Older reports have none, and stand for one.
  if (root["metadata"]["throttle_weight"].get(weight) == simdjson::SUCCESS) arrival.weight = weight;
  if (root["metadata"]["dump_checksums"]["upload_file_minidump"].get(value) == simdjson::SUCCESS) {
    arrival.minidump_sha256_hash = std::string(value);
  }
  const Annotations& annotations = arrival.annotations;
  arrival.product = FirstOf(annotations, intake::kProductNames);
  arrival.version = FirstOf(annotations, intake::kVersionNames);
  arrival.build_id = FirstOf(annotations, intake::kBuildIdNames);
  arrival.release_channel = FirstOf(annotations, intake::kReleaseChannelNames);
  arrival.process_type = FirstOf(annotations, intake::kProcessTypeNames);
  if (arrival.process_type.empty()) arrival.process_type = "main";  // Clients name only the others.
  return arrival;
}

Arrival ArrivalOfPing(std::string uuid, std::int64_t submitted_ms, const worker::PingFacts& facts) {
  Arrival arrival;
  arrival.kind = search::CrashKind::kPing;
  arrival.uuid = std::move(uuid);
  arrival.submitted_ms = submitted_ms;
  arrival.product = facts.product;
  arrival.version = facts.version;
  arrival.build_id = facts.build_id;
  arrival.release_channel = facts.release_channel;
  arrival.process_type = facts.process_type.empty() ? "main" : facts.process_type;
  arrival.minidump_sha256_hash = facts.minidump_sha256_hash;
  arrival.annotations = facts.annotations;
  return arrival;
}

std::string WriteDocument(const Arrival& arrival, const worker::CrashOutcome& outcome,
                          const std::vector<std::string>& notes) {
  base::JsonWriter json;
  json.BeginObject();
  WriteKnown(json, "uuid", arrival.uuid);
  WriteKnown(json, "kind", search::CrashKindName(arrival.kind));
  WriteKnown(json, "date_processed", os::FormatIso(os::UnixMillis()));
  WriteKnown(json, "submitted_timestamp", os::FormatIso(arrival.submitted_ms));
  WriteKnown(json, "product", arrival.product);
  WriteKnown(json, "version", arrival.version);
  WriteKnown(json, "build", arrival.build_id);
  WriteKnown(json, "release_channel", arrival.release_channel);
  WriteKnown(json, "process_type", arrival.process_type);
  WriteKnown(json, "os_name", outcome.os_name);
  WriteKnown(json, "os_version", outcome.os_version);
  WriteKnown(json, "cpu_arch", outcome.cpu_arch);
  WriteKnown(json, "reason", outcome.reason);
  WriteKnown(json, "address", outcome.address);
  if (outcome.crashing_thread) {
    json.Key("crashing_thread");
    json.Number(*outcome.crashing_thread);
  }
  WriteKnown(json, "signature", outcome.signature);
  WriteKnown(json, "proto_signature", outcome.proto_signature);
  WriteNotes(json, outcome, notes);
  WriteKnown(json, "minidump_sha256_hash", arrival.minidump_sha256_hash);
  WriteMissingSymbols(json, outcome);
  WritePublicAnnotations(json, arrival, outcome);
  json.Key("json_dump");
  json.Raw(outcome.json_dump);
  json.EndObject();
  return json.Take();
}

search::CrashRow MakeRow(const Arrival& arrival, const worker::CrashOutcome& outcome) {
  search::CrashRow row;
  row.kind = arrival.kind;
  row.uuid = arrival.uuid;
  row.date_ms = arrival.submitted_ms;
  row.product = arrival.product;
  row.version = arrival.version;
  row.release_channel = arrival.release_channel;
  row.build_id = arrival.build_id;
  row.process_type = arrival.process_type;
  row.platform = outcome.os_name;
  row.platform_version = outcome.os_version;
  row.cpu_arch = outcome.cpu_arch;
  row.reason = outcome.reason;
  row.address = outcome.address;
  row.minidump_sha256_hash = arrival.minidump_sha256_hash;
  row.rule = arrival.rule;
  row.weight = arrival.weight;
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
