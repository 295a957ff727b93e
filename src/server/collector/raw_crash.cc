#include "server/collector/raw_crash.h"

#include <map>

#include "base/json_writer.h"
#include "os/clock.h"

namespace cairn::collector {
namespace {

void WriteMetadata(base::JsonWriter& json, const Submission& submission, const Intake& intake) {
  json.BeginObject();
  json.Key("collector_notes");
  json.BeginArray();
  for (const std::string& note : submission.notes) json.String(note);
  json.EndArray();
  json.Key("dump_checksums");
  json.BeginObject();
  for (const auto& [name, checksum] : intake.checksums) json.TextField(name, checksum);
  json.EndObject();
  json.TextField("payload", submission.has_json ? "json" : "multipart");
  json.TextField("payload_compressed", intake.compressed ? "1" : "0");
  json.NumberField("payload_size", intake.payload_bytes);
  json.NumberField("submitted_ms", intake.submitted_ms);
  json.TextField("throttle_result", NameOf(intake.decision.verdict));
  json.TextField("throttle_rule", intake.decision.rule);
  json.TextField("throttle_rules_revision", intake.rules_revision);
  json.Key("throttle_weight");
  json.Double(intake.decision.weight);
  json.TextField("user_agent", intake.user_agent);
  json.EndObject();
}

}  // namespace

std::string SocorroTime(std::int64_t unix_millis) {
  return os::FormatIso(unix_millis).substr(0, 23) + "000+00:00";
}

std::string WriteRawCrash(const Submission& submission, const Intake& intake) {
  base::JsonWriter metadata;
  WriteMetadata(metadata, submission, intake);
  const std::map<std::string, std::string, std::less<>> added = {
      {"metadata", metadata.Take()},
      {"submitted_timestamp", base::QuoteJson(SocorroTime(intake.submitted_ms))},
      {"uuid", base::QuoteJson(intake.id)},
      {"version", "2"}};
  // Two sorted lists into one; of the same name ours counts.
  base::JsonWriter json;
  json.BeginObject();
  auto mine = added.begin();
  const auto write_mine_before = [&](const std::string* name) {
    for (; mine != added.end() && (name == nullptr || mine->first < *name); ++mine) {
      json.Key(mine->first);
      json.Raw(mine->second);
    }
  };
  for (const auto& [name, value] : submission.annotations) {
    write_mine_before(&name);
    if (added.contains(name)) continue;
    json.Key(name);
    json.Raw(value);
  }
  write_mine_before(nullptr);
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::collector
