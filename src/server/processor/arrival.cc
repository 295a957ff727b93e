#include "server/processor/arrival.h"

#include <simdjson.h>

#include <algorithm>

#include "base/parse_json.h"
#include "server/intake/annotation_names.h"
#include "server/intake/stored_report.h"
#include "server/worker/signature_annotations.h"

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

std::string WithoutZeros(std::string text) {
  std::erase(text, '\0');
  return text;
}

Annotations ReadAnnotations(dom::object root) {
  Annotations annotations;
  for (const dom::key_value_pair field : root) {
    if (IsCollectorKey(field.key) || field.value.is_null()) continue;
    std::string_view value;
    const bool is_text = field.value.get(value) == simdjson::SUCCESS;
    annotations[WithoutZeros(std::string(field.key))] =
        is_text ? WithoutZeros(std::string(value)) : simdjson::minify(field.value);
  }
  return annotations;
}

void ReadMetadata(dom::element metadata, Arrival& arrival) {
  arrival.metadata = simdjson::minify(metadata);
  std::string_view value;
  if (metadata["throttle_rule"].get(value) == simdjson::SUCCESS) arrival.rule = std::string(value);
  double weight = 0;
  // Older reports have none, and stand for one.
  if (metadata["throttle_weight"].get(weight) == simdjson::SUCCESS) arrival.weight = weight;
  dom::object checksums;
  if (metadata["dump_checksums"].get(checksums) != simdjson::SUCCESS) return;
  for (const dom::key_value_pair dump : checksums) {
    arrival.dump_names.emplace_back(dump.key);
    if (dump.key == intake::kMinidumpName && dump.value.get(value) == simdjson::SUCCESS)
      arrival.minidump_sha256_hash = std::string(value);
  }
  std::ranges::sort(arrival.dump_names);
}

}  // namespace

base::Result<Arrival> ReadRawCrash(std::string_view text) {
  dom::parser parser;
  dom::object root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "raw crash: it is no JSON object"};
  }
  Arrival arrival;
  arrival.annotations = ReadAnnotations(root);
  std::string_view uuid;
  dom::element metadata;
  if (root["uuid"].get(uuid) != simdjson::SUCCESS || root["metadata"].get(metadata) != simdjson::SUCCESS ||
      metadata["submitted_ms"].get(arrival.submitted_ms) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "raw crash: its metadata"};
  }
  arrival.uuid = std::string(uuid);
  ReadMetadata(metadata, arrival);
  const Annotations& annotations = arrival.annotations;
  arrival.product = FirstOf(annotations, intake::kProductNames);
  arrival.version = FirstOf(annotations, intake::kVersionNames);
  arrival.build_id = FirstOf(annotations, intake::kBuildIdNames);
  arrival.release_channel = FirstOf(annotations, intake::kReleaseChannelNames);
  arrival.process_type = FirstOf(annotations, intake::kProcessTypeNames);
  if (arrival.process_type.empty()) arrival.process_type = "main";  // Clients name only the others.
  return arrival;
}

std::map<std::string, std::string> SignatureAnnotationsOf(const Arrival& arrival) {
  std::map<std::string, std::string> annotations = worker::PickSignatureAnnotations(arrival.annotations);
  annotations.erase(std::string(worker::kAdditionalDumps));  // The server says which came, no client does.
  std::string names;
  for (const std::string& name : arrival.dump_names) {
    if (name.starts_with(kMoreDumps)) names += (names.empty() ? "" : ",") + name;
  }
  if (names.empty()) return annotations;
  annotations[std::string(worker::kAdditionalDumps)] = names;
  return worker::PickSignatureAnnotations(annotations);
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
  arrival.counterpart_id = facts.crash_id;
  arrival.client = search::ClientToken(facts.client_id);
  arrival.annotations = facts.annotations;
  return arrival;
}

}  // namespace cairn::processor
