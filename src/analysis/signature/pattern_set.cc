#include "analysis/signature/pattern_set.h"

#include <algorithm>

namespace cairn::signature {

// All that the patterns may be in the middle of, at one place of a text.
class PatternRun {
 public:
  explicit PatternRun(const PatternSet& set) : set_(set), seen_at_(set.states_.size(), 0) {}

  // Calls `take` with the number of each pattern that matches, until it says to stop.
  template <typename Take>
  void Run(std::string_view text, Take take) {
    using StateKind = PatternSet::StateKind;
    for (const std::uint32_t start : set_.starts_) Enter(start);
    for (std::size_t place = 0;; ++place) {
      is_at_end_ = place == text.size();
      takers_.clear();
      ++visit_;
      // Entering a state may add more behind it.
      for (std::size_t i = 0; i < entered_.size(); ++i) {
        const std::uint32_t index = entered_[i];
        if (seen_at_[index] == visit_) continue;
        seen_at_[index] = visit_;
        const PatternSet::State& state = set_.states_[index];
        switch (state.kind) {
          case StateKind::kMatched:
            if (!take(state.other)) return;
            break;
          case StateKind::kEither:
            Enter(state.next);
            Enter(state.other);
            break;
          case StateKind::kEnd:
            if (is_at_end_) Enter(state.next);
            break;
          case StateKind::kByte:
          case StateKind::kSet: takers_.push_back(index); break;
        }
      }
      entered_.clear();
      if (is_at_end_ || takers_.empty()) return;
      Pass(static_cast<std::uint8_t>(text[place]));
    }
  }

  PatternSet::ByteSet FirstBytes() {
    using StateKind = PatternSet::StateKind;
    PatternSet::ByteSet bytes;
    for (const std::uint32_t start : set_.starts_) Enter(start);
    ++visit_;
    for (std::size_t i = 0; i < entered_.size(); ++i) {
      const std::uint32_t index = entered_[i];
      if (seen_at_[index] == visit_) continue;
      seen_at_[index] = visit_;
      const PatternSet::State& state = set_.states_[index];
      switch (state.kind) {
        case StateKind::kMatched:
        case StateKind::kEnd: return bytes.set();
        case StateKind::kEither:
          Enter(state.next);
          Enter(state.other);
          break;
        case StateKind::kByte: bytes.set(state.byte); break;
        case StateKind::kSet: bytes |= set_.sets_[state.other]; break;
      }
    }
    return bytes;
  }

 private:
  void Enter(std::uint32_t index) { entered_.push_back(index); }

  void Pass(std::uint8_t byte) {
    for (const std::uint32_t index : takers_) {
      const PatternSet::State& state = set_.states_[index];
      const bool takes =
          state.kind == PatternSet::StateKind::kByte ? state.byte == byte : set_.sets_[state.other][byte];
      if (takes) Enter(state.next);
    }
  }

  const PatternSet& set_;
  std::vector<std::uint32_t> seen_at_;  // Of each state: the last visit of it.
  std::vector<std::uint32_t> entered_;  // States that are reached at this place, some of them twice.
  std::vector<std::uint32_t> takers_;   // Those of them that take a byte.
  std::uint32_t visit_ = 0;
  bool is_at_end_ = false;
};

bool PatternSet::MatchesAtStart(std::string_view text) const {
  bool matches = false;
  PatternRun(*this).Run(text, [&](std::uint32_t) {
    matches = true;
    return false;
  });
  return matches;
}

std::optional<std::uint32_t> PatternSet::FirstMatch(std::string_view text, std::uint8_t tags) const {
  std::optional<std::uint32_t> first;
  PatternRun(*this).Run(text, [&](std::uint32_t number) {
    if ((tags_[number] & tags) != 0) first = std::min(first.value_or(number), number);
    return true;
  });
  return first;
}

PatternSet::ByteSet PatternSet::FirstBytes() const { return PatternRun(*this).FirstBytes(); }

}  // namespace cairn::signature
