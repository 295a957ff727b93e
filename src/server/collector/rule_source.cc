#include "server/collector/rule_source.h"

#include <simdjson.h>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/collector/rule_file.h"
#include "server/store/blob_keys.h"

namespace cairn::collector {
namespace {

constexpr std::string_view kChangesPrefix = "v1/throttle_rules/";
constexpr std::size_t kMaxChangeBytes = 7 * kMaxRuleFileBytes;  // Escapes may take six bytes for one.
constexpr std::size_t kPageKeys = 1'000;

base::Result<std::vector<std::string>> ListChangeKeys(const store::BlobStore& blobs) {
  std::vector<std::string> all;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                     blobs.List(kChangesPrefix, all.empty() ? "" : all.back(), kPageKeys));
    all.insert(all.end(), keys.begin(), keys.end());
    if (keys.size() < kPageKeys) return all;
  }
}

struct RecordedChange {
  RuleChange change;
  std::string rules;  // Their text.
};

base::Result<RecordedChange> ReadChange(const store::BlobStore& blobs, const std::string& key) {
  ASSIGN_OR_RETURN(const std::string json, blobs.Get(key, kMaxChangeBytes));
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  RecordedChange recorded;
  std::string_view revision;
  std::string_view name;
  std::string_view rules;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS ||
      root["time_ms"].get(recorded.change.time_ms) != simdjson::SUCCESS ||
      root["revision"].get(revision) != simdjson::SUCCESS || root["name"].get(name) != simdjson::SUCCESS ||
      root["rules"].get(rules) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "change of rules"};
  }
  recorded.change.revision = std::string(revision);
  recorded.change.name = std::string(name);
  recorded.rules = std::string(rules);
  return recorded;
}

// "20261122-103000000": sorts as the times do.
std::string TimeOfKey(std::int64_t now_ms) {
  std::string time = os::FormatIso(now_ms);
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.' || c == 'Z'; });
  std::ranges::replace(time, 'T', '-');
  return time;
}

}  // namespace

std::unique_ptr<RuleSource> RuleSource::Open(std::string name, store::BlobStore& blobs, std::int64_t now_ms,
                                             Tell tell) {
  std::unique_ptr<RuleSource> source(new RuleSource(std::move(name), blobs, std::move(tell)));
  if (!source->Load(now_ms)) return nullptr;
  return source;
}

RuleSource::RuleSource(std::string name, store::BlobStore& blobs, Tell tell)
    : name_(std::move(name)), blobs_(blobs), tell_(std::move(tell)) {}

std::shared_ptr<const RuleSet> RuleSource::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void RuleSource::Refresh(std::int64_t now_ms) {
  if (!IsProfile() && Look() != stamp_) Reload(now_ms);
}

void RuleSource::Reload(std::int64_t now_ms) {
  if (!Load(now_ms)) tell_(name_ + ": the rules from before stay in force");
}

bool RuleSource::IsProfile() const {
  return std::ranges::any_of(RuleProfiles(),
                             [this](const RuleProfile& profile) { return profile.name == name_; });
}

RuleSource::Stamp RuleSource::Look() const {
  const base::Result<os::FileInfo> info = os::Inspect(name_);
  return info ? Stamp{info->modified_ns, info->size, true} : Stamp{};
}

bool RuleSource::Load(std::int64_t now_ms) {
  stamp_ = Look();
  std::string text;
  if (IsProfile()) {
    for (const RuleProfile& profile : RuleProfiles()) {
      if (profile.name == name_) text = std::string(profile.toml);
    }
  } else {
    base::Result<std::string> read = os::ReadFile(name_, kMaxRuleFileBytes);
    if (!read) {
      tell_(name_ + ": " + base::Describe(read.error()));
      return false;
    }
    text = *std::move(read);
  }
  std::variant<RuleSet, RuleMistakes> parsed = ParseRules(text);
  if (const auto* const mistakes = std::get_if<RuleMistakes>(&parsed)) {
    for (const std::string& mistake : *mistakes) tell_(name_ + ": " + mistake);
    return false;
  }
  const auto rules = std::make_shared<const RuleSet>(std::get<RuleSet>(std::move(parsed)));
  {
    const std::lock_guard lock(mutex_);
    if (current_ != nullptr && current_->revision == rules->revision) return true;
    current_ = rules;
  }
  tell_(name_ + ": " + std::to_string(rules->rules.size()) + " rules, revision " + rules->revision);
  Record(*rules, now_ms);
  return true;
}

void RuleSource::Record(const RuleSet& rules, std::int64_t now_ms) {
  const base::Result<std::vector<std::string>> keys = ListChangeKeys(blobs_);
  if (keys && !keys->empty()) {
    const base::Result<RecordedChange> last = ReadChange(blobs_, keys->back());
    if (last && last->change.revision == rules.revision) return;  // The server started again.
  }
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("time_ms", now_ms);
  json.TextField("revision", rules.revision);
  json.TextField("name", std::string_view(name_).substr(name_.rfind('/') + 1));
  json.TextField("rules", rules.text);
  json.EndObject();
  const std::string time = TimeOfKey(now_ms);
  const base::Status put = blobs_.Put(store::ThrottleRulesKey(std::string_view(time).substr(0, 8), time),
                                      base::AsBytes(json.text()));
  if (!put) tell_(name_ + ": the change could not be recorded: " + base::Describe(put.error()));
}

base::Result<std::vector<RuleChange>> ListRuleChanges(const store::BlobStore& blobs,
                                                      std::size_t changes_max) {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, ListChangeKeys(blobs));
  std::vector<RuleChange> changes;
  for (const std::string& key : std::span(keys).last(std::min(keys.size(), changes_max))) {
    base::Result<RecordedChange> recorded = ReadChange(blobs, key);
    if (recorded) changes.push_back(std::move(recorded->change));
  }
  return changes;
}

base::Result<std::string> FindRules(const store::BlobStore& blobs, std::string_view revision) {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, ListChangeKeys(blobs));
  for (const std::string& key : keys) {
    base::Result<RecordedChange> recorded = ReadChange(blobs, key);
    if (recorded && recorded->change.revision == revision) return std::move(recorded->rules);
  }
  return base::Error{base::Code::kNotFound, 0, "rules of this revision"};
}

}  // namespace cairn::collector
