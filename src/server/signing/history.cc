#include "server/signing/history.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/store/blob_keys.h"

namespace cairn::signing {
namespace {

namespace dom = simdjson::dom;
using base::Code;
using base::Error;

constexpr std::array<std::string_view, 5> kActions = {"save", "merge", "rename", "split", "undo"};
constexpr std::size_t kKeysAtOnce = 1000;

constexpr Error kBroken{Code::kBadValue, 0, "a revision of the settings of signatures"};

std::string TextAt(const dom::element& element, std::string_view key) {
  std::string_view text;
  return element[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::int64_t NumberAt(const dom::element& element, std::string_view key) {
  std::int64_t number = 0;
  return element[key].get(number) == simdjson::SUCCESS ? number : 0;
}

void WriteDecision(base::JsonWriter& json, const Decision& decision) {
  json.BeginObject();
  json.NumberField("id", decision.id);
  json.TextField("kind", DecisionName(decision.kind));
  json.Key("from");
  json.BeginArray();
  for (const std::string& name : decision.from) json.String(name);
  json.EndArray();
  json.TextField("to", decision.to);
  json.TextField("who", decision.who);
  json.TextField("why", decision.why);
  json.NumberField("when_ms", decision.when_ms);
  json.EndObject();
}

base::Result<Decision> ReadDecision(const dom::element& element) {
  Decision decision{.id = NumberAt(element, "id"),
                    .kind = TextAt(element, "kind") == DecisionName(DecisionKind::kRename)
                                ? DecisionKind::kRename
                                : DecisionKind::kMerge,
                    .from = {},
                    .to = TextAt(element, "to"),
                    .who = TextAt(element, "who"),
                    .why = TextAt(element, "why"),
                    .when_ms = NumberAt(element, "when_ms")};
  dom::array from;
  if (element["from"].get(from) != simdjson::SUCCESS) return kBroken;
  for (const dom::element name : from) {
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS) return kBroken;
    decision.from.emplace_back(text);
  }
  return decision;
}

base::Status ReadSettings(const dom::element& root, Settings& settings) {
  dom::element lists;
  if (root["lists"].get(lists) == simdjson::SUCCESS && lists.is_object()) {
    settings.text.lists.emplace();
    for (const ListFile& file : kListFiles) (*settings.text.lists).*file.text = TextAt(lists, file.name);
  }
  settings.text.rules = TextAt(root, "rules");
  dom::array decisions;
  if (root["decisions"].get(decisions) != simdjson::SUCCESS) return kBroken;
  for (const dom::element element : decisions) {
    ASSIGN_OR_RETURN(Decision decision, ReadDecision(element));
    settings.decisions.push_back(std::move(decision));
  }
  return {};
}

}  // namespace

std::string_view ActionName(Action action) { return kActions[static_cast<std::size_t>(action)]; }

std::string WriteRevision(const Revision& revision) {
  const RevisionHead& head = revision.head;
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("number", head.number);
  json.NumberField("content", head.content);
  json.NumberField("parent", head.parent);
  json.TextField("action", ActionName(head.action));
  json.TextField("about", head.about);
  json.TextField("who", head.who);
  json.TextField("why", head.why);
  json.NumberField("when_ms", head.when_ms);
  if (revision.settings.text.lists) {
    json.Key("lists");
    json.BeginObject();
    for (const ListFile& file : kListFiles)
      json.TextField(file.name, (*revision.settings.text.lists).*file.text);
    json.EndObject();
  }
  json.TextField("rules", revision.settings.text.rules);
  json.Key("decisions");
  json.BeginArray();
  for (const Decision& decision : revision.settings.decisions) WriteDecision(json, decision);
  json.EndArray();
  json.EndObject();
  return json.Take();
}

base::Result<Revision> ReadRevision(std::string_view text) {
  dom::parser parser(kMaxRevisionBytes);
  dom::element root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS || !root.is_object()) return kBroken;
  const auto action = std::ranges::find(kActions, TextAt(root, "action"));
  Revision revision{.head = {.number = NumberAt(root, "number"),
                             .content = NumberAt(root, "content"),
                             .parent = NumberAt(root, "parent"),
                             .action = static_cast<Action>(action - kActions.begin()),
                             .about = TextAt(root, "about"),
                             .who = TextAt(root, "who"),
                             .why = TextAt(root, "why"),
                             .when_ms = NumberAt(root, "when_ms")},
                    .settings = {}};
  if (action == kActions.end() || revision.head.number <= 0) return kBroken;
  RETURN_IF_ERROR(ReadSettings(root, revision.settings));
  return revision;
}

base::Result<std::vector<std::string>> History::Keys() const {
  std::vector<std::string> keys;
  for (;;) {
    const std::string last = keys.empty() ? std::string() : keys.back();
    ASSIGN_OR_RETURN(const std::vector<std::string> page,
                     blobs_->List(store::kSigningRevisions, last, kKeysAtOnce));
    keys.insert(keys.end(), page.begin(), page.end());
    if (page.size() < kKeysAtOnce) return keys;
  }
}

base::Result<Revision> History::Newest() const {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, Keys());
  if (keys.empty()) return Revision{};
  ASSIGN_OR_RETURN(const std::string text, blobs_->Get(keys.back(), kMaxRevisionBytes));
  return ReadRevision(text);
}

base::Result<Revision> History::Get(std::int64_t number) const {
  if (number == 0) return Revision{};
  ASSIGN_OR_RETURN(const std::string text, blobs_->Get(store::SigningRevisionKey(number), kMaxRevisionBytes));
  return ReadRevision(text);
}

base::Result<std::vector<RevisionHead>> History::List(std::int64_t before, std::size_t revisions_max) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> keys, Keys());
  std::vector<RevisionHead> heads;
  for (auto key = keys.rbegin(); key != keys.rend() && heads.size() < revisions_max; ++key) {
    if (before > 0 && *key >= store::SigningRevisionKey(before)) continue;
    ASSIGN_OR_RETURN(const std::string text, blobs_->Get(*key, kMaxRevisionBytes));
    ASSIGN_OR_RETURN(Revision revision, ReadRevision(text));
    heads.push_back(std::move(revision.head));
  }
  return heads;
}

base::Status History::Put(const Revision& revision) {
  const std::string text = WriteRevision(revision);
  if (text.size() > kMaxRevisionBytes)
    return Error{Code::kLimitExceeded, kMaxRevisionBytes, "settings of signatures: size"};
  return blobs_->Put(store::SigningRevisionKey(revision.head.number), base::AsBytes(text));
}

}  // namespace cairn::signing
