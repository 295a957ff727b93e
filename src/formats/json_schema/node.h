// A compiled schema as the checker reads it: nodes that name each other by index.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/json_schema/pattern.h"

namespace cairn::json_schema {

using NodeId = std::uint32_t;
inline constexpr NodeId kAnything = 0;          // The schema `true` or {}.
inline constexpr NodeId kNothing = 1;           // The schema `false`.
inline constexpr NodeId kNoNode = 0xffff'ffff;  // The keyword is absent.
inline constexpr std::size_t kNoLimit = SIZE_MAX;

// Kinds of JSON values, as bits.
enum Kind : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kInteger = 4,  // Written without point and exponent.
  kReal = 8,
  kString = 16,
  kArray = 32,
  kObject = 64,
  kAnyKind = 127,
};

// A member of an object that the schema names: by `properties`, by `required`, or by both.
struct Member {
  std::string_view name;
  NodeId node = kAnything;
  bool is_named_property = false;  // By `properties`: `additionalProperties` says nothing of it.
  bool is_required = false;
};

struct PatternMember {
  std::size_t pattern = 0;  // Index into NodeTable::patterns.
  NodeId node = kAnything;
};

// If the object has `name`, it must have `names` and be as `node` wants it.
struct Dependency {
  std::string_view name;
  std::vector<std::string_view> names;
  NodeId node = kAnything;
};

struct Bound {
  // On x86-64 it holds every 64-bit integer exactly.
  long double value = 0;
  bool is_exclusive = false;
};

struct Node {
  NodeId reference = kNoNode;  // If set, nothing else of the node counts (drafts 4 to 7).

  std::uint8_t kinds = kAnyKind;
  bool whole_reals_are_integers = false;                      // 1.0 is an integer since draft 6.
  std::optional<std::vector<simdjson::dom::element>> values;  // `enum`, or the one of `const`.

  std::optional<Bound> minimum;
  std::optional<Bound> maximum;
  std::optional<long double> multiple_of;

  std::size_t min_length = 0;  // In code points.
  std::size_t max_length = kNoLimit;
  std::optional<std::size_t> pattern;

  NodeId items = kAnything;  // Of all items behind those of `tuple`.
  std::vector<NodeId> tuple;
  NodeId contains = kNoNode;
  std::size_t min_items = 0;
  std::size_t max_items = kNoLimit;
  bool items_are_unique = false;

  std::vector<Member> members;  // Sorted by name.
  std::size_t required_count = 0;
  std::vector<PatternMember> pattern_members;
  NodeId other_members = kAnything;  // `additionalProperties`.
  NodeId member_names = kAnything;
  std::size_t min_members = 0;
  std::size_t max_members = kNoLimit;
  std::vector<Dependency> dependencies;

  std::vector<NodeId> all_of;
  std::vector<NodeId> any_of;
  std::vector<NodeId> one_of;
  NodeId none_of = kNoNode;  // `not`.
  NodeId condition = kNoNode;
  NodeId consequence = kNoNode;
  NodeId alternative = kNoNode;
};

// All nodes of a schema. Names and values lie in the schema's own document, which `parser` keeps.
struct NodeTable {
  std::unique_ptr<simdjson::dom::parser> parser;
  std::vector<Node> nodes;
  std::vector<Pattern> patterns;
  NodeId root = kAnything;
};

}  // namespace cairn::json_schema
