#include "formats/json_schema/compile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "base/parse_json.h"
#include "formats/json_schema/json_pointer.h"
#include "formats/json_schema/same_value.h"

namespace cairn::json_schema {
namespace {

namespace dom = simdjson::dom;

struct KindName {
  std::string_view name;
  std::uint8_t kinds;
};
constexpr KindName kKindNames[] = {
    {"null", kNull},     {"boolean", kBoolean}, {"integer", kInteger}, {"number", kInteger | kReal},
    {"string", kString}, {"array", kArray},     {"object", kObject},
};

class Compiler {
 public:
  explicit Compiler(NodeTable& table) : table_(table) {}

  bool Run(dom::element root) {
    root_ = root;
    table_.nodes.resize(2);  // kAnything and kNothing.
    table_.nodes[kNothing].kinds = 0;
    std::string_view draft;
    if (root["$schema"].get(draft) == simdjson::SUCCESS) {
      draft_4_ = draft.find("draft-04") != std::string_view::npos;
      const bool known = draft_4_ || draft.find("draft-06") != std::string_view::npos ||
                         draft.find("draft-07") != std::string_view::npos;
      if (!known) return Fail("/$schema", "must be draft-04, draft-06 or draft-07");
    }
    return At(root, "", 0, table_.root);
  }

  Problem TakeProblem() { return std::move(problem_); }

 private:
  bool Fail(std::string pointer, std::string_view reason) {
    problem_ = {std::move(pointer), std::string(reason)};
    return false;
  }

  // The node of the schema that lies at `pointer`, which is made if need be.
  bool At(dom::element element, const std::string& pointer, int depth, NodeId& id) {
    if (const auto known = known_.find(pointer); known != known_.end()) {
      id = known->second;
      return true;
    }
    if (depth > kMaxSchemaDepth) return Fail(pointer, "is nested too deeply");
    bool verdict = false;
    if (element.get(verdict) == simdjson::SUCCESS) {
      id = verdict ? kAnything : kNothing;
      return true;
    }
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS)
      return Fail(pointer, "must be a schema: an object, true or false");
    if (table_.nodes.size() >= kMaxSchemaNodes) return Fail(pointer, "is one schema too many");
    id = static_cast<NodeId>(table_.nodes.size());
    table_.nodes.emplace_back();
    known_[pointer] = id;
    Node node;
    node.whole_reals_are_integers = !draft_4_;
    const Place place{pointer, depth};
    // A bound of draft 4 may be made exclusive by a keyword in front of it or behind it, so those come last.
    const bool ok = ReadKeywords(object, place, node) && ReadBounds(object, place, node);
    if (ok) table_.nodes[id] = std::move(node);
    return ok;
  }

  struct Place {
    const std::string& pointer;
    int depth;
    std::string Of(std::string_view keyword) const { return pointer + "/" + EscapeStep(keyword); }
  };

  bool Below(dom::element element, const Place& place, std::string_view keyword, NodeId& id) {
    return At(element, place.Of(keyword), place.depth + 1, id);
  }

  bool List(dom::element element, const Place& place, std::string_view keyword, std::vector<NodeId>& ids) {
    dom::array array;
    if (element.get(array) != simdjson::SUCCESS)
      return Fail(place.Of(keyword), "must be an array of schemas");
    std::size_t i = 0;
    for (const dom::element item : array) {
      if (!At(item, place.Of(keyword) + "/" + std::to_string(i++), place.depth + 1, ids.emplace_back()))
        return false;
    }
    return true;
  }

  bool ReadKeywords(dom::object object, const Place& place, Node& node) {
    const Fields fields = FieldsOf(object);
    for (const auto& [keyword, value] : fields) {
      if (keyword == "$ref") return Reference(value, place, node);
    }
    for (const auto& [keyword, value] : fields) {
      if (!ReadKeyword(keyword, value, place, node)) return false;
    }
    // `additionalItems` means something beside a list of `items` only.
    const auto has_tuple = [](const auto& field) {
      return field.first == "items" && field.second.is_array();
    };
    const auto rest = std::ranges::find(fields, "additionalItems", &Fields::value_type::first);
    if (rest == fields.end() || std::ranges::none_of(fields, has_tuple)) return true;
    return Below(rest->second, place, "additionalItems", node.items);
  }

  bool ReadKeyword(std::string_view keyword, dom::element value, const Place& place, Node& node) {
    if (keyword == "type") return Types(value, place, node);
    if (keyword == "enum") return Values(value, place, node);
    if (keyword == "const") {
      node.values = std::vector<dom::element>{value};
      return true;
    }
    if (keyword == "multipleOf") return Multiple(value, place, node);
    if (keyword == "pattern") return PatternOf(value, place.Of(keyword), node.pattern.emplace());
    if (keyword == "items") return Items(value, place, node);
    if (keyword == "uniqueItems") {
      return value.get(node.items_are_unique) == simdjson::SUCCESS ||
             Fail(place.Of(keyword), "must be true or false");
    }
    if (keyword == "properties") return Properties(value, place, node);
    if (keyword == "required") return Required(value, place, node);
    if (keyword == "patternProperties") return PatternProperties(value, place, node);
    if (keyword == "dependencies") return Dependencies(value, place, node);
    const auto limit = std::ranges::find(kLimits, keyword, &Limit::keyword);
    if (limit != std::end(kLimits)) return Count(value, place.Of(keyword), node.*limit->member);
    const auto single = std::ranges::find(kSingles, keyword, &Single::keyword);
    if (single != std::end(kSingles)) return Below(value, place, keyword, node.*single->member);
    const auto list = std::ranges::find(kLists, keyword, &ListOf::keyword);
    if (list != std::end(kLists)) return List(value, place, keyword, node.*list->member);
    return true;  // An annotation, or what no draft knows.
  }

  struct Limit {
    std::string_view keyword;
    std::size_t Node::* member;
  };
  static constexpr Limit kLimits[] = {
      {"minLength", &Node::min_length},      {"maxLength", &Node::max_length},
      {"minItems", &Node::min_items},        {"maxItems", &Node::max_items},
      {"minProperties", &Node::min_members}, {"maxProperties", &Node::max_members},
  };
  struct Single {
    std::string_view keyword;
    NodeId Node::* member;
  };
  static constexpr Single kSingles[] = {
      {"additionalProperties", &Node::other_members},
      {"propertyNames", &Node::member_names},
      {"contains", &Node::contains},
      {"not", &Node::none_of},
      {"if", &Node::condition},
      {"then", &Node::consequence},
      {"else", &Node::alternative},
  };
  struct ListOf {
    std::string_view keyword;
    std::vector<NodeId> Node::* member;
  };
  static constexpr ListOf kLists[] = {
      {"allOf", &Node::all_of}, {"anyOf", &Node::any_of}, {"oneOf", &Node::one_of}};

  bool Types(dom::element value, const Place& place, Node& node) {
    node.kinds = 0;
    const auto add = [&](dom::element name_element) {
      std::string_view name;
      if (name_element.get(name) != simdjson::SUCCESS) return false;
      const auto* const found = std::ranges::find(kKindNames, name, &KindName::name);
      if (found == std::end(kKindNames)) return false;
      node.kinds |= found->kinds;
      return true;
    };
    dom::array names;
    bool ok = true;
    if (value.get(names) == simdjson::SUCCESS) {
      for (const dom::element name : names) ok = add(name) && ok;
    } else {
      ok = add(value);
    }
    return ok || Fail(place.Of("type"), "must name types of JSON");
  }

  bool Values(dom::element value, const Place& place, Node& node) {
    dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return Fail(place.Of("enum"), "must be an array");
    node.values.emplace();
    for (const dom::element item : array) node.values->push_back(item);
    return true;
  }

  bool Multiple(dom::element value, const Place& place, Node& node) {
    if (!value.is_number() || NumberOf(value) <= 0)
      return Fail(place.Of("multipleOf"), "must be a number above 0");
    node.multiple_of = NumberOf(value);
    return true;
  }

  // A count may be written 2.0.
  bool Count(dom::element value, const std::string& pointer, std::size_t& count) {
    const long double number = value.is_number() ? NumberOf(value) : -1;
    if (number < 0 || number > 1e15L || number != std::floor(number)) {
      return Fail(pointer, "must be a whole number that is not negative");
    }
    count = static_cast<std::size_t>(number);
    return true;
  }

  bool PatternOf(dom::element value, const std::string& pointer, std::size_t& index) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return Fail(pointer, "must be a regular expression");
    return PatternAt(text, pointer, index);
  }

  bool PatternAt(std::string_view text, const std::string& pointer, std::size_t& index) {
    if (const auto known = patterns_.find(text); known != patterns_.end()) {
      index = known->second;
      return true;
    }
    std::optional<Pattern> pattern = Pattern::Compile(text);
    if (!pattern) return Fail(pointer, "is no regular expression that can be run in linear time");
    index = table_.patterns.size();
    table_.patterns.push_back(*std::move(pattern));
    patterns_[text] = index;
    return true;
  }

  bool Items(dom::element value, const Place& place, Node& node) {
    return value.is_array() ? List(value, place, "items", node.tuple)
                            : Below(value, place, "items", node.items);
  }

  static Member& MemberOf(Node& node, std::string_view name) {
    const auto place = std::ranges::lower_bound(node.members, name, {}, &Member::name);
    if (place != node.members.end() && place->name == name) return *place;
    return *node.members.insert(place, Member{name});
  }

  bool Properties(dom::element value, const Place& place, Node& node) {
    dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return Fail(place.Of("properties"), "must be an object");
    for (const auto& [name, schema] : FieldsOf(object)) {
      NodeId id = kAnything;
      if (!At(schema, place.Of("properties") + "/" + EscapeStep(name), place.depth + 1, id)) return false;
      Member& member = MemberOf(node, name);
      member.node = id;
      member.is_named_property = true;
    }
    return true;
  }

  bool Required(dom::element value, const Place& place, Node& node) {
    dom::array names;
    if (value.get(names) != simdjson::SUCCESS) return Fail(place.Of("required"), "must be an array of names");
    for (const dom::element element : names) {
      std::string_view name;
      if (element.get(name) != simdjson::SUCCESS)
        return Fail(place.Of("required"), "must be an array of names");
      Member& member = MemberOf(node, name);
      if (!std::exchange(member.is_required, true)) ++node.required_count;
    }
    return true;
  }

  bool PatternProperties(dom::element value, const Place& place, Node& node) {
    dom::object object;
    if (value.get(object) != simdjson::SUCCESS)
      return Fail(place.Of("patternProperties"), "must be an object");
    for (const auto& [text, schema] : FieldsOf(object)) {
      const std::string pointer = place.Of("patternProperties") + "/" + EscapeStep(text);
      PatternMember& member = node.pattern_members.emplace_back();
      if (!PatternAt(text, pointer, member.pattern)) return false;
      if (!At(schema, pointer, place.depth + 1, member.node)) return false;
    }
    return true;
  }

  bool Dependencies(dom::element value, const Place& place, Node& node) {
    dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return Fail(place.Of("dependencies"), "must be an object");
    for (const auto& [name, wanted] : FieldsOf(object)) {
      Dependency& dependency = node.dependencies.emplace_back();
      dependency.name = name;
      dom::array names;
      if (wanted.get(names) != simdjson::SUCCESS) {
        const std::string pointer = place.Of("dependencies") + "/" + EscapeStep(name);
        if (!At(wanted, pointer, place.depth + 1, dependency.node)) return false;
        continue;
      }
      for (const dom::element element : names) {
        std::string_view needed;
        if (element.get(needed) == simdjson::SUCCESS) dependency.names.push_back(needed);
      }
    }
    return true;
  }

  // minimum with exclusiveMinimum: a flag in draft 4, a bound of its own since.
  bool ReadBounds(dom::object object, const Place& place, Node& node) {
    const auto read = [&](std::string_view bound_name, std::string_view exclusive_name, bool is_lower,
                          std::optional<Bound>& bound) {
      for (const auto& [keyword, value] : FieldsOf(object)) {
        if (keyword == bound_name) {
          if (!value.is_number()) return Fail(place.Of(keyword), "must be a number");
          Tighten({NumberOf(value), false}, is_lower, bound);
        }
        if (keyword == exclusive_name && value.is_number()) Tighten({NumberOf(value), true}, is_lower, bound);
      }
      bool flag = false;
      if (bound && object[exclusive_name].get(flag) == simdjson::SUCCESS && flag) bound->is_exclusive = true;
      return true;
    };
    return read("minimum", "exclusiveMinimum", true, node.minimum) &&
           read("maximum", "exclusiveMaximum", false, node.maximum);
  }

  static void Tighten(Bound bound, bool is_lower, std::optional<Bound>& into) {
    const bool tighter = !into || (is_lower ? bound.value > into->value : bound.value < into->value) ||
                         (bound.value == into->value && bound.is_exclusive);
    if (tighter) into = bound;
  }

  bool Reference(dom::element value, const Place& place, Node& node) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS || !text.starts_with('#')) {
      return Fail(place.Of("$ref"), "must point into this schema, as #/definitions/name does");
    }
    const std::string pointer(text.substr(1));
    const std::optional<dom::element> target = Resolve(pointer);
    if (!target) return Fail(place.Of("$ref"), "points at nothing");
    return At(*target, pointer, place.depth + 1, node.reference);
  }

  // What lies at a pointer into the schema.
  std::optional<dom::element> Resolve(std::string_view pointer) const {
    dom::element element = root_;
    while (!pointer.empty()) {
      if (pointer[0] != '/') return std::nullopt;
      pointer.remove_prefix(1);
      const std::string_view step = pointer.substr(0, pointer.find('/'));
      pointer.remove_prefix(step.size());
      dom::array array;
      dom::object object;
      std::optional<dom::element> next;
      if (element.get(object) == simdjson::SUCCESS) {
        for (const auto& [name, value] : FieldsOf(object)) {
          if (EscapeStep(name) == step) next = value;
        }
      } else if (element.get(array) == simdjson::SUCCESS) {
        std::size_t i = 0;
        for (const dom::element item : array) {
          if (std::to_string(i++) == step) next = item;
        }
      }
      if (!next) return std::nullopt;
      element = *next;
    }
    return element;
  }

  NodeTable& table_;
  dom::element root_;
  bool draft_4_ = false;
  Problem problem_;
  std::map<std::string, NodeId> known_;  // By pointer.
  std::map<std::string_view, std::size_t> patterns_;
};

}  // namespace

std::variant<NodeTable, Problem> CompileNodes(std::string_view text) {
  if (text.size() > kMaxSchemaBytes) return Problem{"", "is longer than a schema may be"};
  NodeTable table;
  table.parser = std::make_unique<dom::parser>(kMaxSchemaBytes);
  dom::element root;
  if (base::ParseJson(*table.parser, text).get(root) != simdjson::SUCCESS) return Problem{"", "is no JSON"};
  Compiler compiler(table);
  if (!compiler.Run(root)) return compiler.TakeProblem();
  return table;
}

}  // namespace cairn::json_schema
