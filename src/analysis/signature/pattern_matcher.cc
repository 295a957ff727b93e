#include "analysis/signature/pattern_matcher.h"

#include <algorithm>
#include <utility>

namespace cairn::signature {

PatternMatcher::PatternMatcher(const PatternSet& set) : set_(set), seen_at_(set.states_.size(), 0) {
  for (const std::uint8_t tag : set.tags_) all_tags_ |= tag;
  MakeClasses();
  Reset();
}

std::uint8_t PatternMatcher::TagsAtStart(std::string_view text) {
  NodeIndex node = kStart;
  std::uint8_t tags = nodes_[node].tags;
  for (const char c : text) {
    if (tags == all_tags_) return tags;
    const auto byte = static_cast<std::uint8_t>(c);
    NodeIndex next = next_[node * class_count_ + classes_[byte]];
    if (next == kUnknown) next = Step(node, byte);
    if (next == kDead) return tags;
    node = next;
    tags |= node_tags_[node];
  }
  return tags | nodes_[node].tags_at_end;
}

// Splits the bytes by each byte and each set of bytes that a pattern waits for.
void PatternMatcher::MakeClasses() {
  PatternSet::ByteSet alone;
  for (const PatternSet::State& state : set_.states_) {
    if (state.kind == PatternSet::StateKind::kByte) alone.set(state.byte);
  }
  std::array<std::size_t, 256> classes{};
  std::size_t count = 1;
  for (unsigned byte = 0; byte < alone.size(); ++byte) {
    if (alone[byte]) classes[byte] = count++;
  }
  for (const PatternSet::ByteSet& set : set_.sets_) {
    // For each class its number inside and outside of the set, if it is there.
    std::array<std::array<std::size_t, 2>, 256> numbers{};
    std::size_t next = 0;
    for (unsigned byte = 0; byte < set.size(); ++byte) {
      std::size_t& number = numbers[classes[byte]][set[byte] ? 1 : 0];
      if (number == 0) number = ++next;
      classes[byte] = number - 1;
    }
    count = next;
  }
  class_count_ = count;
  std::ranges::transform(classes, classes_.begin(),
                         [](std::size_t number) { return static_cast<std::uint8_t>(number); });
}

void PatternMatcher::Reset() {
  nodes_.assign(1, {});
  node_tags_.assign(1, 0);
  next_.assign(class_count_, kDead);
  known_.clear();
  NodeOf(set_.starts_);
}

PatternMatcher::NodeIndex PatternMatcher::Step(NodeIndex from, std::uint8_t byte) {
  std::vector<std::uint32_t> entered;
  for (const char32_t index : nodes_[from].takers) {
    const PatternSet::State& state = set_.states_[index];
    const bool takes =
        state.kind == PatternSet::StateKind::kByte ? state.byte == byte : set_.sets_[state.other][byte];
    if (takes) entered.push_back(state.next);
  }
  if (entered.empty()) return next_[from * class_count_ + classes_[byte]] = kDead;
  const bool is_full = nodes_.size() >= kMaxStates;
  if (is_full) Reset();
  const NodeIndex to = NodeOf(entered);
  // After a reset `from` is another node, or none.
  if (!is_full) next_[from * class_count_ + classes_[byte]] = to;
  return to;
}

// The node of what is reached when these states are entered.
PatternMatcher::NodeIndex PatternMatcher::NodeOf(const std::vector<std::uint32_t>& entered_states) {
  using StateKind = PatternSet::StateKind;
  Node node;
  // Twice: what an end of the text would let through is a match at the end only.
  for (const bool is_at_end : {false, true}) {
    std::vector<std::uint32_t> entered = entered_states;
    ++visit_;
    for (std::size_t i = 0; i < entered.size(); ++i) {
      const std::uint32_t index = entered[i];
      if (seen_at_[index] == visit_) continue;
      seen_at_[index] = visit_;
      const PatternSet::State& state = set_.states_[index];
      switch (state.kind) {
        case StateKind::kMatched:
          (is_at_end ? node.tags_at_end : node.tags) |= set_.tags_[state.other];
          break;
        case StateKind::kEither:
          entered.push_back(state.next);
          entered.push_back(state.other);
          break;
        case StateKind::kEnd:
          if (is_at_end) entered.push_back(state.next);
          // An end that was not reached yet is not told apart from others by what takes a byte.
          if (!is_at_end) node.takers.push_back(index | 0x80000000);
          break;
        case StateKind::kByte:
        case StateKind::kSet:
          if (!is_at_end) node.takers.push_back(index);
          break;
      }
    }
  }
  std::ranges::sort(node.takers);
  std::u32string key = node.takers;
  key.push_back(node.tags);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  std::erase_if(node.takers, [](char32_t taker) { return (taker & 0x80000000) != 0; });
  const auto number = static_cast<NodeIndex>(nodes_.size());
  known_.emplace(std::move(key), number);
  node_tags_.push_back(node.tags);
  nodes_.push_back(std::move(node));
  next_.resize(nodes_.size() * class_count_, kUnknown);
  ++states_made_;
  return number;
}

}  // namespace cairn::signature
