#include "server/signing/settings_json.h"

#include <simdjson.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/clock.h"

namespace cairn::signing {
namespace {

namespace dom = simdjson::dom;

void ReadLists(const dom::element& value, Order& order, Mistakes& mistakes) {
  if (value.is_null()) return;
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    mistakes.emplace_back("lists: an object of four files, or null for Cairn's own");
    return;
  }
  order.text.lists.emplace();
  for (const ListFile& file : kListFiles) {
    std::string_view text;
    if (object[file.name].get(text) == simdjson::SUCCESS) {
      (*order.text.lists).*file.text = std::string(text);
    } else {
      mistakes.push_back("lists: " + std::string(file.name) + " is missing: all four files are needed");
    }
  }
}

void ReadText(const dom::element& value, std::string_view key, std::string& to, Mistakes& mistakes) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    to = std::string(text);
  } else {
    mistakes.push_back(std::string(key) + ": a text is expected");
  }
}

void ReadNames(const dom::element& value, Order& order, Mistakes& mistakes) {
  std::string_view one;
  dom::array list;
  if (value.get(one) == simdjson::SUCCESS) {
    order.from.emplace_back(one);
  } else if (value.get(list) != simdjson::SUCCESS || list.size() > kMaxSourcesOfDecision) {
    mistakes.emplace_back("from: a list of at most 100 signatures is expected");
  } else {
    for (const dom::element name : list) ReadText(name, "from", order.from.emplace_back(), mistakes);
  }
}

void WriteTexts(base::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key);
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

// `other` is the end of the flows at which the row's signature does not stand.
void WriteChanges(base::JsonWriter& json, std::string_view key, const std::vector<SignatureChange>& changes,
                  std::string Flow::* other) {
  json.Key(key);
  json.BeginObject();
  json.NumberField("total", changes.size());
  json.Key("rows");
  json.BeginArray();
  for (std::size_t i = 0; i < std::min(changes.size(), kMaxPreviewRows); ++i) {
    const SignatureChange& change = changes[i];
    json.BeginObject();
    json.TextField("signature", change.signature);
    json.NumberField("crashes", change.crashes);
    json.NumberField("parts_total", change.flows.size());
    json.Key("parts");
    json.BeginArray();
    for (std::size_t k = 0; k < std::min(change.flows.size(), kMaxPreviewParts); ++k) {
      const Flow& flow = change.flows[k];
      json.BeginObject();
      json.TextField("signature", flow.*other);
      json.NumberField("crashes", flow.crashes);
      json.NumberField("stacks", flow.inputs);
      json.TextField("example", flow.example);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void AddHead(base::JsonWriter& json, const RevisionHead& head) {
  json.BeginObject();
  json.NumberField("revision", head.number);
  if (head.number > 0) {
    json.TextField("action", ActionName(head.action));
    json.TextField("about", head.about);
    json.TextField("who", head.who);
    json.TextField("why", head.why);
    json.TextField("date", os::FormatIso(head.when_ms));
  }
  json.NumberField("settings_of", head.content);
  json.EndObject();
}

void AddDecision(base::JsonWriter& json, const Decision& decision) {
  json.BeginObject();
  json.NumberField("decision", decision.id);
  json.TextField("kind", DecisionName(decision.kind));
  WriteTexts(json, "from", decision.from);
  json.TextField("to", decision.to);
  json.TextField("who", decision.who);
  json.TextField("why", decision.why);
  json.TextField("date", os::FormatIso(decision.when_ms));
  json.EndObject();
}

}  // namespace

std::variant<Order, Mistakes> ReadOrder(std::string_view text) {
  dom::parser parser(kMaxOrderBytes);
  dom::object object;
  if (base::ParseJson(parser, text).get(object) != simdjson::SUCCESS) {
    return Mistakes{"the body is no JSON object"};
  }
  Order order;
  Mistakes mistakes;
  for (const dom::key_value_pair field : object) {
    if (mistakes.size() >= kMaxMistakes) break;
    if (field.key == "lists") {
      ReadLists(field.value, order, mistakes);
    } else if (field.key == "rules") {
      ReadText(field.value, field.key, order.text.rules, mistakes);
    } else if (field.key == "from") {
      ReadNames(field.value, order, mistakes);
    } else if (field.key == "to") {
      ReadText(field.value, field.key, order.to, mistakes);
    } else if (field.key == "why") {
      ReadText(field.value, field.key, order.why, mistakes);
    } else if (field.key != "decision") {
      mistakes.push_back(std::string(field.key.substr(0, 100)) + ": there is no such field");
    } else if (field.value.get(order.decision) != simdjson::SUCCESS) {
      mistakes.emplace_back("decision: its number is expected");
    }
  }
  if (!mistakes.empty()) return mistakes;
  return order;
}

std::string WriteMistakes(const Mistakes& mistakes) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("error", mistakes.empty() ? std::string() : mistakes.front());
  WriteTexts(json, "mistakes", mistakes);
  json.EndObject();
  return json.Take();
}

std::string WritePreview(const Preview& preview) {
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("stacks", preview.inputs);
  json.NumberField("crashes", preview.crashes);
  json.NumberField("changed_stacks", preview.changed_inputs);
  json.NumberField("changed_crashes", preview.changed_crashes);
  json.NumberField("signatures_before", preview.signatures_before);
  json.NumberField("signatures_after", preview.signatures_after);
  WriteChanges(json, "splits", preview.splits, &Flow::to);
  WriteChanges(json, "merges", preview.merges, &Flow::from);
  WriteChanges(json, "appears", preview.appears, &Flow::from);
  WriteChanges(json, "vanishes", preview.vanishes, &Flow::to);
  json.EndObject();
  return json.Take();
}

std::string WriteHead(const RevisionHead& head) {
  base::JsonWriter json;
  AddHead(json, head);
  return json.Take();
}

std::string WriteHistory(const std::vector<RevisionHead>& heads) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("history");
  json.BeginArray();
  for (const RevisionHead& head : heads) AddHead(json, head);
  json.EndArray();
  json.EndObject();
  return json.Take();
}

std::string WriteState(const Revision& revision, const Progress& progress) {
  base::JsonWriter json;
  json.BeginObject();
  json.Key("in_force");
  AddHead(json, revision.head);
  json.Key("lists");
  if (revision.settings.text.lists) {
    json.BeginObject();
    for (const ListFile& file : kListFiles)
      json.TextField(file.name, (*revision.settings.text.lists).*file.text);
    json.EndObject();
  } else {
    json.Null();
  }
  json.TextField("rules", revision.settings.text.rules);
  json.Key("decisions");
  json.BeginArray();
  for (const Decision& decision : revision.settings.decisions) AddDecision(json, decision);
  json.EndArray();
  json.Key("signing");
  json.BeginObject();
  json.Key("is_done");
  json.Bool(progress.is_done);
  json.Key("share");
  json.Double(ShareDone(progress));
  json.NumberField("stacks", progress.inputs);
  json.NumberField("changed", progress.changed);
  if (!progress.trouble.empty()) json.TextField("trouble", progress.trouble);
  json.EndObject();
  json.EndObject();
  return json.Take();
}

std::string WriteSimilar(std::string_view signature, const SimilarSignatures& similar) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("signature", signature);
  json.Key("similar");
  json.BeginArray();
  for (const SimilarSignature& found : similar.found) {
    json.BeginObject();
    json.TextField("signature", found.signature);
    json.Key("score");
    json.Double(found.score);
    WriteTexts(json, "frames", found.frames);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return json.Take();
}

std::string WriteResolved(std::string_view signature, const std::vector<std::string>& found) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("signature", signature);
  WriteTexts(json, "signatures", found);
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::signing
