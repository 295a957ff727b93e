// PatternMatcher asks a PatternSet fast: a deterministic machine, made as far as texts have led it.
//
// A state of it is all that the patterns may be in the middle of, so that a byte of a text costs one look
// into a table. States are made when a text first leads there; the table has a fixed size, and is begun anew
// when it is full, so that no text makes it grow. It changes while it answers: one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/signature/pattern_set.h"

namespace cairn::signature {

class PatternMatcher {
 public:
  // States that are kept. Each place in each word of a list is one: Socorro's 570 patterns have some 10,000,
  // and their table, of two bytes for each state and each kind of byte, 2 MB.
  static constexpr std::size_t kMaxStates = 16384;

  // Borrows the set, to which nothing may be added from now on.
  explicit PatternMatcher(const PatternSet& set);

  // The tags of all patterns that match a beginning of `text`.
  std::uint8_t TagsAtStart(std::string_view text);

  // How often a state was made: the work beyond one look a byte.
  std::uint64_t states_made() const { return states_made_; }

 private:
  using NodeIndex = std::uint16_t;
  static constexpr NodeIndex kUnknown = 0xffff;
  static constexpr NodeIndex kDead = 0;   // Nothing can match any more.
  static constexpr NodeIndex kStart = 1;  // Before the first byte.

  struct Node {
    std::uint8_t tags = 0;         // Of the patterns that have matched here.
    std::uint8_t tags_at_end = 0;  // And of those that match if the text ends here.
    std::u32string takers;         // States of the set that wait for a byte, in order.
  };

  void Reset();
  void MakeClasses();
  NodeIndex Step(NodeIndex from, std::uint8_t byte);
  NodeIndex NodeOf(const std::vector<std::uint32_t>& entered);

  const PatternSet& set_;
  std::array<std::uint8_t, 256> classes_{};  // Bytes that no pattern tells apart are one class.
  std::size_t class_count_ = 1;
  std::uint8_t all_tags_ = 0;

  std::vector<Node> nodes_;
  std::vector<std::uint8_t> node_tags_;  // Node::tags again, close together: all that most steps look at.
  std::vector<NodeIndex> next_;          // For each node and class: the node behind it, or kUnknown.
  std::unordered_map<std::u32string, NodeIndex> known_;
  std::vector<std::uint32_t> seen_at_;  // Of each state of the set: the last visit of it.
  std::uint32_t visit_ = 0;
  std::uint64_t states_made_ = 0;
};

}  // namespace cairn::signature
