#include "formats/json_schema/schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <utility>

#include "formats/json_schema/compile.h"
#include "formats/json_schema/json_pointer.h"
#include "formats/json_schema/node.h"
#include "formats/json_schema/same_value.h"

namespace cairn::json_schema {

struct Schema::Compiled {
  NodeTable table;
};

namespace {

namespace dom = simdjson::dom;

// The value under check: one of the document, or the name of a member (for `propertyNames`).
struct Instance {
  Kind kind = kNull;
  std::string_view text;                  // Of a string.
  const dom::element* element = nullptr;  // Null: a member's name.
};

Kind KindOf(dom::element_type type) {
  switch (type) {
    case dom::element_type::BOOL: return kBoolean;
    case dom::element_type::INT64:
    case dom::element_type::UINT64: return kInteger;
    case dom::element_type::DOUBLE: return kReal;
    case dom::element_type::STRING: return kString;
    case dom::element_type::ARRAY: return kArray;
    case dom::element_type::OBJECT: return kObject;
    case dom::element_type::NULL_VALUE: return kNull;
  }
  return kNull;
}

Instance InstanceOf(const dom::element& element) {
  Instance instance{KindOf(element.type()), {}, &element};
  if (instance.kind == kString) instance.text = element.get_string().value_unsafe();
  return instance;
}

// The way from the root to the value under check, as a list on the stack.
struct Step {
  const Step* up = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool is_index = false;
};

std::string PointerOf(const Step* step) {
  std::vector<const Step*> steps;
  for (; step != nullptr && step->up != nullptr; step = step->up) steps.push_back(step);
  std::string pointer;
  for (auto it = steps.rbegin(); it != steps.rend(); ++it) {
    pointer += '/' + ((*it)->is_index ? std::to_string((*it)->index) : EscapeStep((*it)->name));
  }
  return pointer;
}

std::string KindsText(std::uint8_t kinds) {
  static constexpr std::pair<std::uint8_t, std::string_view> kNames[] = {
      {kNull, "null"},          {kBoolean, "true or false"}, {kInteger | kReal, "a number"},
      {kInteger, "an integer"}, {kString, "a string"},       {kArray, "an array"},
      {kObject, "an object"}};
  std::string text;
  for (const auto& [mask, name] : kNames) {
    if ((kinds & mask) != mask) continue;
    kinds = static_cast<std::uint8_t>(kinds & ~mask);
    text += (text.empty() ? "" : " or ") + std::string(name);
  }
  return text;
}

std::size_t CountCodePoints(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Names come from whoever sent the document; a message holds only so much of one.
std::string Shown(std::string_view name) {
  constexpr std::size_t kMaxShownBytes = 64;
  return std::string(name.substr(0, kMaxShownBytes));
}

class Checker {
 public:
  explicit Checker(const NodeTable& table) : table_(table) {}

  bool Check(NodeId id, const Instance& instance, const Step& step) {
    if (id == kAnything) return true;
    if (id == kNothing) return Fail(step, "is not allowed here");
    if (depth_ >= kMaxDocumentDepth) return Fail(step, "is nested too deeply to be checked");
    ++depth_;
    const bool ok = CheckNode(table_.nodes[id], instance, step);
    --depth_;
    return ok;
  }

  Problem TakeProblem() { return std::move(problem_); }

 private:
  bool CheckNode(const Node& node, const Instance& instance, const Step& step) {
    if (node.reference != kNoNode) return Check(node.reference, instance, step);
    if (!CheckKind(node, instance, step)) return false;
    if (node.values && !IsOneOf(*node.values, instance))
      return Fail(step, "is none of the values that are allowed");
    switch (instance.kind) {
      case kString:
        if (!CheckText(node, instance.text, step)) return false;
        break;
      case kInteger:
      case kReal:
        if (!CheckNumber(node, NumberOf(*instance.element), step)) return false;
        break;
      case kArray:
        if (!CheckArray(node, instance.element->get_array().value_unsafe(), step)) return false;
        break;
      case kObject:
        if (!CheckObject(node, instance, step)) return false;
        break;
      default: break;
    }
    return CheckCombined(node, instance, step);
  }

  bool CheckKind(const Node& node, const Instance& instance, const Step& step) {
    if ((node.kinds & instance.kind) != 0) return true;
    if (instance.kind == kReal && node.whole_reals_are_integers && (node.kinds & kInteger) != 0) {
      const long double number = NumberOf(*instance.element);
      if (number == std::floor(number)) return true;
    }
    if (silent_ == 0) return Fail(step, "must be " + KindsText(node.kinds));
    return false;
  }

  static bool IsOneOf(const std::vector<dom::element>& values, const Instance& instance) {
    return std::ranges::any_of(values, [&](const dom::element& value) {
      if (instance.element != nullptr) return SameValue(value, *instance.element);
      std::string_view text;
      return value.get(text) == simdjson::SUCCESS && text == instance.text;
    });
  }

  bool CheckText(const Node& node, std::string_view text, const Step& step) {
    // A code point has one to four bytes, so that most texts need not be counted.
    if (text.size() > node.max_length && CountCodePoints(text) > node.max_length) {
      return Fail(step, "is longer than " + std::to_string(node.max_length) + " characters");
    }
    if (node.min_length > 0 && CountCodePoints(text) < node.min_length) {
      return Fail(step, "is shorter than " + std::to_string(node.min_length) + " characters");
    }
    if (node.pattern && !table_.patterns[*node.pattern].FoundIn(text)) {
      return Fail(step, "has not the form that it must have");
    }
    return true;
  }

  bool CheckNumber(const Node& node, long double number, const Step& step) {
    if (node.minimum &&
        (number < node.minimum->value || (node.minimum->is_exclusive && number == node.minimum->value))) {
      return Fail(step, "is too small");
    }
    if (node.maximum &&
        (number > node.maximum->value || (node.maximum->is_exclusive && number == node.maximum->value))) {
      return Fail(step, "is too large");
    }
    if (node.multiple_of && std::fmod(number, *node.multiple_of) != 0)
      return Fail(step, "is no multiple of what it must be");
    return true;
  }

  bool CheckArray(const Node& node, dom::array array, const Step& step) {
    std::size_t count = 0;
    bool contained = node.contains == kNoNode;
    const bool each = node.items != kAnything || !node.tuple.empty() || !contained;
    for (const dom::element item : array) {
      const std::size_t index = count++;
      if (!each) continue;
      const Step here{&step, {}, index, true};
      const Instance instance = InstanceOf(item);
      if (!Check(index < node.tuple.size() ? node.tuple[index] : node.items, instance, here)) return false;
      if (!contained) contained = Quietly(node.contains, instance, here);
    }
    if (!contained) return Fail(step, "lacks an item that it must have");
    if (count < node.min_items)
      return Fail(step, "has fewer than " + std::to_string(node.min_items) + " items");
    if (count > node.max_items)
      return Fail(step, "has more than " + std::to_string(node.max_items) + " items");
    if (node.items_are_unique && HasTwins(array)) return Fail(step, "has one item twice");
    return true;
  }

  static bool HasTwins(dom::array array) {
    // Each with each, but only so many: a hostile array must not cost the square of its length.
    constexpr std::size_t kMaxCompared = 1000;
    std::vector<dom::element> seen;
    for (const dom::element item : array) {
      if (std::ranges::any_of(seen, [&](const dom::element& other) { return SameValue(item, other); }))
        return true;
      if (seen.size() < kMaxCompared) seen.push_back(item);
    }
    return false;
  }

  bool CheckObject(const Node& node, const Instance& instance, const Step& step) {
    if (open_objects_ == fields_.size()) fields_.emplace_back();
    Fields& fields = fields_[open_objects_++];
    ReadFields(instance.element->get_object().value_unsafe(), fields);
    const bool ok = CheckFields(node, fields, instance, step);
    --open_objects_;
    return ok;
  }

  bool CheckFields(const Node& node, const Fields& fields, const Instance& instance, const Step& step) {
    if (fields.size() < node.min_members) return Fail(step, "has too few members");
    if (fields.size() > node.max_members) return Fail(step, "has too many members");
    std::size_t required = 0;
    for (const auto& [name, element] : fields) {
      const Step here{&step, name};
      const auto member = std::ranges::lower_bound(node.members, name, {}, &Member::name);
      const bool is_named = member != node.members.end() && member->name == name;
      if (is_named && member->is_required) ++required;
      if (node.member_names != kAnything && !Check(node.member_names, {kString, name, nullptr}, here))
        return false;
      if (!CheckMember(node, is_named ? &*member : nullptr, name, element, here)) return false;
    }
    if (required < node.required_count) return FailMissing(node, fields, step);
    return node.dependencies.empty() || CheckDependencies(node, fields, instance, step);
  }

  bool CheckMember(const Node& node, const Member* member, std::string_view name, const dom::element& element,
                   const Step& here) {
    const Instance instance = InstanceOf(element);
    bool is_known = false;
    if (member != nullptr && member->is_named_property) {
      is_known = true;
      if (!Check(member->node, instance, here)) return false;
    }
    for (const PatternMember& pattern : node.pattern_members) {
      if (!table_.patterns[pattern.pattern].FoundIn(name)) continue;
      is_known = true;
      if (!Check(pattern.node, instance, here)) return false;
    }
    return is_known || Check(node.other_members, instance, here);
  }

  bool FailMissing(const Node& node, const Fields& fields, const Step& step) {
    for (const Member& member : node.members) {
      if (!member.is_required || Has(fields, member.name)) continue;
      return Fail(step, "lacks \"" + Shown(member.name) + "\"");
    }
    return false;
  }

  static bool Has(const Fields& fields, std::string_view name) {
    return std::ranges::any_of(fields, [&](const auto& field) { return field.first == name; });
  }

  bool CheckDependencies(const Node& node, const Fields& fields, const Instance& instance, const Step& step) {
    for (const Dependency& dependency : node.dependencies) {
      if (!Has(fields, dependency.name)) continue;
      for (const std::string_view name : dependency.names) {
        if (!Has(fields, name)) return Fail(step, "lacks \"" + Shown(name) + "\"");
      }
      if (!Check(dependency.node, instance, step)) return false;
    }
    return true;
  }

  bool CheckCombined(const Node& node, const Instance& instance, const Step& step) {
    for (const NodeId id : node.all_of) {
      if (!Check(id, instance, step)) return false;
    }
    const auto fits = [&](NodeId id) { return Quietly(id, instance, step); };
    if (!node.any_of.empty() && std::ranges::none_of(node.any_of, fits))
      return Fail(step, "fits no form that is allowed");
    if (!node.one_of.empty() && std::ranges::count_if(node.one_of, fits) != 1) {
      return Fail(step, "does not fit exactly one form that is allowed");
    }
    if (node.none_of != kNoNode && fits(node.none_of)) return Fail(step, "has a form that is not allowed");
    if (node.condition == kNoNode) return true;
    const NodeId chosen = fits(node.condition) ? node.consequence : node.alternative;
    return chosen == kNoNode || Check(chosen, instance, step);
  }

  bool Quietly(NodeId id, const Instance& instance, const Step& step) {
    ++silent_;
    const bool ok = Check(id, instance, step);
    --silent_;
    return ok;
  }

  bool Fail(const Step& step, std::string reason) {
    if (silent_ == 0) problem_ = {PointerOf(&step), std::move(reason)};
    return false;
  }

  const NodeTable& table_;
  Problem problem_;
  std::deque<Fields> fields_;  // Of the objects that are under check, the outermost first, and for further ones.
  std::size_t open_objects_ = 0;
  int depth_ = 0;
  int silent_ = 0;  // Above 0, nobody wants to know why.
};

}  // namespace

std::variant<Schema, Problem> Schema::Compile(std::string_view text) {
  std::variant<NodeTable, Problem> table = CompileNodes(text);
  if (Problem* const problem = std::get_if<Problem>(&table)) return std::move(*problem);
  return Schema(std::make_unique<const Compiled>(Compiled{std::get<NodeTable>(std::move(table))}));
}

Schema::Schema(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

std::optional<Problem> Schema::Check(dom::element document) const {
  Checker checker(compiled_->table);
  const Step root;
  if (checker.Check(compiled_->table.root, InstanceOf(document), root)) return std::nullopt;
  return checker.TakeProblem();
}

}  // namespace cairn::json_schema
