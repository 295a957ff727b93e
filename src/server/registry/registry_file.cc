#include "server/registry/registry_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "os/file.h"
#include "server/registry/names.h"

namespace cairn::registry {
namespace {

using wire::AnnotationScope;
using wire::AnnotationSearch;
using wire::AnnotationType;

constexpr std::size_t kMaxFileBytes = 4 << 20;  // The built-in table has 60 KB.

// What is wrong, and where. yaml-cpp throws from anywhere in its tree, so one place must catch in any case;
// this goes the same way, against the rule that nothing throws, and is caught in AddRegistryText only.
struct Fault {
  YAML::Mark mark;
  std::string what;
};

[[noreturn]] void Fail(const YAML::Node& node, std::string what) {
  throw Fault{node.Mark(), std::move(what)};
}

std::string TextOf(const YAML::Node& node, const std::string& key) {
  if (!node.IsScalar() || node.Scalar().empty()) Fail(node, "`" + key + "` needs one value");
  return node.Scalar();
}

std::vector<std::string> TextsOf(const YAML::Node& node, const std::string& key) {
  if (node.IsScalar()) return {TextOf(node, key)};
  if (!node.IsSequence()) Fail(node, "`" + key + "` needs a list of values");
  std::vector<std::string> texts;
  for (const YAML::Node& element : node) texts.push_back(TextOf(element, key));
  return texts;
}

template <typename Value, std::size_t kCount>
Value ChoiceOf(const YAML::Node& node, const std::string& key, const Name<Value> (&names)[kCount]) {
  const std::string text = TextOf(node, key);
  std::string known;
  for (const auto& [name, value] : names) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  Fail(node, "`" + key + ": " + text + "` is not known: choose one of " + known);
}

// Calls `take(key, value node)` for each member of a mapping; twice the same key is a fault.
template <typename Take>
void ForEachKey(const YAML::Node& node, const Take& take) {
  if (!node.IsMap()) Fail(node, "a mapping must stand here");
  std::set<std::string> seen;
  for (const auto& member : node) {
    const std::string key = TextOf(member.first, "a key");
    if (!seen.insert(key).second) Fail(member.first, "`" + key + "` stands twice: remove one");
    take(key, member.second);
  }
}

std::map<std::string, std::string> TextMapOf(const YAML::Node& node) {
  std::map<std::string, std::string> texts;
  ForEachKey(node, [&](const std::string& key, const YAML::Node& value) { texts[key] = TextOf(value, key); });
  return texts;
}

bool IsFieldName(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && name.size() <= 256 &&
         std::ranges::all_of(
             name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool IsAnnotationName(std::string_view name) {
  return !name.empty() && name.size() <= 256 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool CanSearch(AnnotationSearch search, AnnotationType type) {
  const bool is_number =
      type == AnnotationType::kU32 || type == AnnotationType::kU64 || type == AnnotationType::kF64;
  const bool is_text = type == AnnotationType::kString || type == AnnotationType::kObject;
  switch (search) {
    case AnnotationSearch::kNone: return true;
    case AnnotationSearch::kKeyword:
    case AnnotationSearch::kText: return is_text;
    case AnnotationSearch::kNumber:
    case AnnotationSearch::kDate: return is_number;
    case AnnotationSearch::kBoolean: return type == AnnotationType::kBoolean;
  }
  return false;
}

// What the parts of a row say of each other; the same as tools/gen_annotations asks of the built-in table.
void CheckRow(const YAML::Node& node, const Row& row) {
  const std::string& name = row.name.empty() ? row.field : row.name;
  if (!row.name.empty() && !IsAnnotationName(row.name)) Fail(node, "`" + row.name + "` is no name");
  const bool leaves = row.scope != AnnotationScope::kClient;
  if (leaves && !IsFieldName(row.field))
    Fail(node, name + ": `field` must be small letters, digits and underscores, a letter first");
  if (!CanSearch(row.search, row.type)) Fail(node, name + ": this `search` cannot read this `type`");
  const bool in_pings = row.scope == AnnotationScope::kPing || row.scope == AnnotationScope::kPingOnly;
  if (in_pings && !row.is_public())
    Fail(node, name + ": what is protected may identify a person and may not go into a ping");
  if (!leaves && row.search != AnnotationSearch::kNone)
    Fail(node, name + ": what never leaves the machine cannot be searched");
}

std::string NameOf(const YAML::Node& node) {
  if (!node.IsMap()) Fail(node, "a row is a mapping that begins with `- name: ...`");
  const YAML::Node name = node["name"];
  if (!name) Fail(node, "this row has no `name`: add it");
  return TextOf(name, "name");
}

void TakeAnnotation(const YAML::Node& node, Registry& registry) {
  const std::string name = NameOf(node);
  const Row* const known = registry.FindAnnotation(name);
  Row row = known != nullptr ? *known : Row{.name = name};
  std::set<std::string> given;
  ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
    given.insert(key);
    if (key == "name") return;
    if (key == "field")
      row.field = TextOf(value, key);
    else if (key == "type")
      row.type = ChoiceOf(value, key, kTypes);
    else if (key == "scope")
      row.scope = ChoiceOf(value, key, kScopes);
    else if (key == "permission")
      row.permission = ChoiceOf(value, key, kPermissions);
    else if (key == "search")
      row.search = ChoiceOf(value, key, kSearches);
    else if (key == "source")
      row.source = ChoiceOf(value, key, kSources);
    else if (key == "public_form")
      row.public_form = ChoiceOf(value, key, kPublicForms);
    else if (key == "withhold")
      row.withhold = TextsOf(value, key);
    else if (key == "description")
      row.description = TextOf(value, key);
    else
      Fail(value, "`" + key + "` is no key of a row");
  });
  for (const char* const key : {"type", "scope", "source", "description", "field"}) {
    const bool needed = std::string_view(key) != "field" || row.scope != AnnotationScope::kClient;
    if (known == nullptr && needed && !given.contains(key))
      Fail(node, name + " has no `" + key + "`: add it");
  }
  CheckRow(node, row);
  if (!registry.Put(row)) Fail(node, "the field " + row.field + " is another row's already");
}

void TakeField(const YAML::Node& node, Registry& registry) {
  const std::string name = NameOf(node);
  const auto known = registry.server_fields().find(name);
  if (known == registry.server_fields().end()) Fail(node, "the server makes no field " + name);
  Row row = known->second;
  ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
    if (key == "name") return;
    if (key == "permission")
      row.permission = ChoiceOf(value, key, kPermissions);
    else if (key == "search")
      row.search = ChoiceOf(value, key, kSearches);
    else if (key == "description")
      row.description = TextOf(value, key);
    else
      Fail(value, "`" + key + "` cannot be changed: permission, search and description can");
  });
  CheckRow(node, row);
  registry.Put(row);
}

void TakeRewrite(const YAML::Node& node, Registry& registry) {
  Rewrite rewrite;
  ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
    if (key == "field")
      rewrite.field = TextOf(value, key);
    else if (key == "append")
      rewrite.append = TextOf(value, key);
    else if (key == "note")
      rewrite.note = TextOf(value, key);
    else if (key == "when")
      ForEachKey(value, [&](const std::string& field, const YAML::Node& values) {
        if (registry.FindField(field) == nullptr) Fail(values, "there is no field " + field);
        rewrite.when[field] = TextsOf(values, field);
      });
    else if (key == "by_build")
      rewrite.by_build = TextMapOf(value);
    else if (key == "replace")
      rewrite.replace = TextMapOf(value);
    else
      Fail(value,
           "`" + key + "` is no key of a rewrite: known are field, when, by_build, replace, append, note");
  });
  const Row* const row = registry.FindField(rewrite.field);
  if (row == nullptr) Fail(node, "a rewrite needs a `field` that exists");
  if (row->type != AnnotationType::kString)
    Fail(node, rewrite.field + " is no text: only texts can be rewritten");
  if (rewrite.append.empty() && rewrite.by_build.empty() && rewrite.replace.empty())
    Fail(node, "a rewrite needs `by_build`, `replace` or `append`");
  registry.AddRewrite(std::move(rewrite));
}

struct Section {
  std::string_view name;
  void (*take)(const YAML::Node&, Registry&);
};
constexpr std::array<Section, 3> kSections = {
    {{"annotations", TakeAnnotation}, {"fields", TakeField}, {"rewrites", TakeRewrite}}};

void TakeDocument(const YAML::Node& document, Registry& registry) {
  ForEachKey(document, [](const std::string& name, const YAML::Node& value) {
    const auto* const section = std::ranges::find(kSections, name, &Section::name);
    if (section == kSections.end())
      Fail(value, "`" + name + "` is no list: known are annotations, fields, rewrites");
    if (!value.IsSequence()) Fail(value, "`" + name + "` must be a list");
  });
  // In the order of the table: rewrites may name fields that the file itself adds.
  for (const Section& section : kSections) {
    const YAML::Node rows = document[std::string(section.name)];
    if (!rows) continue;
    for (const YAML::Node& row : rows) section.take(row, registry);
  }
}

std::string Sentence(const std::string& path, const YAML::Mark& mark, const std::string& what) {
  return path + ":" + std::to_string(mark.line + 1) + ": " + what;
}

}  // namespace

std::string AddRegistryFile(const std::string& path, Registry& registry) {
  const base::Result<std::string> text = os::ReadFile(path, kMaxFileBytes);
  if (!text) return path + ": " + base::Describe(text.error());
  return AddRegistryText(path, *text, registry);
}

std::string AddRegistryText(const std::string& path, const std::string& text, Registry& registry) {
  try {
    TakeDocument(YAML::Load(text), registry);
  } catch (const Fault& fault) {
    return Sentence(path, fault.mark, fault.what);
  } catch (const YAML::Exception& error) {  // The library's only way to say it.
    return Sentence(path, error.mark, "is not YAML: " + error.msg);
  }
  return {};
}

}  // namespace cairn::registry
