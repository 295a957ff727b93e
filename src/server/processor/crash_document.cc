#include "server/processor/crash_document.h"

#include <simdjson.h>

#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "base/json_texts.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"
#include "server/worker/signature_annotations.h"

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

// By the client's clock.
std::int64_t ClientDate(const Arrival& arrival) {
  static const search::Field kAnyDate{
      .id = search::FieldId::kDate, .name = {}, .type = search::FieldType::kDate};
  const auto text = arrival.annotations.find("CrashTime");
  if (text == arrival.annotations.end()) return 0;
  const search::Value value = search::AnnotationValue(kAnyDate, text->second);
  const auto* const time_ms = std::get_if<std::int64_t>(&value);
  return time_ms == nullptr ? 0 : *time_ms;
}

search::StackFrame FrameOf(const worker::OutcomeFrame& frame) {
  search::StackFrame made;
  made.module = frame.module;
  made.debug_id = frame.debug_id;
  made.module_offset = frame.module_offset;
  for (const worker::FrameName& name : frame.names)
    made.names.push_back({name.function, name.file, name.line});
  return made;
}

search::SharedStack StackOf(const std::vector<worker::OutcomeFrame>& stack) {
  std::vector<search::StackFrame> frames;
  for (const worker::OutcomeFrame& frame : stack) frames.push_back(FrameOf(frame));
  return search::MakeStack(std::move(frames));
}

std::vector<search::SharedStack> OtherStacksOf(const worker::CrashOutcome& outcome) {
  std::vector<search::StackFrame> frames;
  for (const worker::OutcomeFrame& frame : outcome.other_frames) frames.push_back(FrameOf(frame));
  std::map<std::vector<std::uint32_t>, search::SharedStack> made;  // Idle threads have one stack.
  std::vector<search::SharedStack> stacks;
  for (const std::vector<std::uint32_t>& thread : outcome.other_threads) {
    search::SharedStack& stack = made[thread];
    if (stack == nullptr) {
      std::vector<search::StackFrame> of_thread;
      of_thread.reserve(thread.size());
      for (const std::uint32_t index : thread) of_thread.push_back(frames[index]);
      stack = search::MakeStack(std::move(of_thread));
    }
    stacks.push_back(stack);
  }
  return stacks;
}

// A value of the record as its field is searched.
search::Value SearchedValue(const search::Field& field, const registry::Value& value) {
  const auto* const json = std::get_if<registry::JsonText>(&value);
  return search::AnnotationValue(field, json != nullptr ? json->text : registry::TextOf(value));
}

// Of the fields that the registry calls searchable what the record says, and of annotations that stood in the
// dump alone what they say; of public fields, as everybody may see them.
std::vector<std::pair<search::FieldId, search::Value>> SearchedFields(const worker::CrashOutcome& outcome,
                                                                      const Record& record,
                                                                      const registry::Registry& registry) {
  std::map<search::FieldId, search::Value> values;
  const auto add = [&](const search::Field& field, search::Value value) {
    if (!std::holds_alternative<std::monostate>(value)) values.emplace(field.id, std::move(value));
  };
  for (const search::Field& field :
       search::Fields().subspan(static_cast<std::size_t>(search::FieldId::kFirstOfRegistry))) {
    const auto found = record.fields.find(field.processed);
    if (found != record.fields.end()) add(field, SearchedValue(field, found->second));
  }
  for (const auto& [name, text] : outcome.dump_annotations) {
    const search::Field* const field = search::FindAnnotationField(name);
    if (field == nullptr) continue;
    const std::optional<std::string> seen =
        field->is_protected ? std::optional(text) : registry.PublicValue(name, text);
    if (seen) add(*field, search::AnnotationValue(*field, *seen));
  }
  return {values.begin(), values.end()};
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
  for (const std::string& note : base::TextsIn(root["processor_notes"])) entry += "\n" + note;
  std::vector<std::string> history = {entry};
  for (std::string& older : base::TextsIn(root["processor_history"])) {
    if (history.size() == kMaxHistoryEntries) break;
    history.push_back(std::move(older));
  }
  return history;
}

search::SharedInput MakeInput(const Arrival& arrival, const worker::CrashOutcome& outcome,
                              const Record& record) {
  std::vector<search::SharedStack> more_stacks;
  if (!outcome.first_stack.empty()) more_stacks.push_back(StackOf(outcome.first_stack));
  worker::Annotations annotations = SignatureAnnotationsOf(arrival);
  if (!arrival.product.empty()) {
    annotations[std::string(worker::kProductName)] =
        arrival.product.substr(0, worker::kMaxSignatureAnnotationBytes);
  }
  if (outcome.signature == worker::kFailedSignature) {
    annotations[std::string(worker::kProcessingFailed)] = "1";
  }
  return search::MakeInput({.stack = StackOf(outcome.stack),
                            .more_stacks = std::move(more_stacks),
                            .platform = record.Text("os_name"),
                            .reason = outcome.reason,
                            .annotations = std::move(annotations),
                            .signature = {outcome.signature, outcome.proto_signature, ""}});
}

search::CrashRow MakeRow(const Arrival& arrival, const worker::CrashOutcome& outcome, const Record& record,
                         const registry::Registry& registry, search::SharedInput input) {
  search::CrashRow row;
  row.kind = arrival.kind;
  row.uuid = arrival.uuid;
  row.date_ms = arrival.submitted_ms;
  row.client_date_ms = ClientDate(arrival);
  row.product = record.Text("product");
  row.version = record.Text("version");
  row.release_channel = record.Text("release_channel");
  row.build_id = arrival.build_id;
  row.process_type = record.Text("process_type");
  row.platform_version = record.Text("os_version");
  row.cpu_arch = record.Text("cpu_arch");
  row.address = record.Text("address");
  row.minidump_sha256_hash = arrival.minidump_sha256_hash;
  row.counterpart_id = arrival.counterpart_id;
  row.rule = arrival.rule;
  row.weight = arrival.weight;
  row.client = arrival.client;
  row.pack = arrival.pack;
  row.input = std::move(input);
  row.other_threads = OtherStacksOf(outcome);
  const bool was_walked = !outcome.json_dump.empty() || !outcome.stack.empty();
  if (row.kind == search::CrashKind::kPing && was_walked) {
    // It has no dump: what the walk of its own stacks says of itself is not searched, as in PackRows, whose
    // pings are walked apart from their facts.
    worker::CrashOutcome facts = outcome;
    facts.json_dump.clear();
    facts.stack.clear();
    row.annotations = SearchedFields(facts, MakeRecord(arrival, facts, registry), registry);
  } else {
    row.annotations = SearchedFields(outcome, record, registry);
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

worker::CrashOutcome OutcomeWithoutStack(const Arrival& arrival, std::string_view status) {
  model::Signature signature = worker::SignAnnotations(SignatureAnnotationsOf(arrival));
  worker::CrashOutcome outcome = EmptyOutcome(std::move(signature.text), status);
  outcome.proto_signature = std::move(signature.proto);
  outcome.notes = std::move(signature.notes);
  return outcome;
}

}  // namespace cairn::processor
