#include "analysis/signature/pattern_set.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace cairn::signature {
namespace {

constexpr int kMaxDepth = 32;                // Of groups in groups.
constexpr std::uint8_t kMaxTimes = 64;       // Of "{n,m}"; longer ones are left to RE2.
constexpr std::uint32_t kMaxParts = 20'000;  // Of one pattern; repetitions in repetitions multiply.

constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~";

bool IsIn(std::string_view characters, char c) { return characters.find(c) != std::string_view::npos; }
bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

}  // namespace

// Reads one pattern into a tree, and writes the tree as states.
class PatternReader {
 public:
  PatternReader(PatternSet& set, std::string_view pattern) : set_(set), rest_(pattern) {
    nodes_.reserve(2 * pattern.size() + 1);
  }

  bool Read(std::uint8_t tag) {
    const std::size_t sets_before = set_.sets_.size();
    const std::size_t states_before = set_.states_.size();
    const std::optional<std::uint32_t> root = Alternatives(0);
    if (root && rest_.empty()) {
      const auto number = static_cast<std::uint32_t>(set_.starts_.size());
      const std::uint32_t start = Write(*root, NewState({.other = number}));
      if (!is_too_big_) {
        set_.starts_.push_back(start);
        set_.tags_.push_back(tag);
        return true;
      }
    }
    set_.sets_.resize(sets_before);
    set_.states_.resize(states_before);
    return false;
  }

 private:
  using State = PatternSet::State;
  using StateKind = PatternSet::StateKind;

  enum class NodeKind : std::uint8_t { kNothing, kTaker, kThen, kEither, kRepeated };
  struct Node {
    NodeKind kind = NodeKind::kNothing;
    bool endless = false;      // kRepeated: any number more.
    std::uint8_t times = 0;    // kRepeated: at least so often,
    std::uint8_t further = 0;  // and at most so many times more.
    State taker{};             // kTaker: what takes a byte, or the end of the text.
    std::uint32_t first = 0;   // Node, of kThen, kEither and kRepeated.
    std::uint32_t second = 0;  // Node, of kThen and kEither.
  };

  std::uint32_t NewNode(const Node& node) {
    nodes_.push_back(node);
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  std::uint32_t NewTaker(const State& taker) { return NewNode({.kind = NodeKind::kTaker, .taker = taker}); }

  std::optional<std::uint32_t> Alternatives(int depth) {
    if (depth > kMaxDepth) return std::nullopt;
    std::optional<std::uint32_t> all = Sequence(depth);
    while (all && Take('|')) {
      const std::optional<std::uint32_t> next = Sequence(depth);
      if (!next) return std::nullopt;
      all = NewNode({.kind = NodeKind::kEither, .first = *all, .second = *next});
    }
    return all;
  }

  std::optional<std::uint32_t> Sequence(int depth) {
    std::optional<std::uint32_t> all;
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      std::optional<std::uint32_t> part = Atom(depth);
      if (part) part = Repetition(*part);
      if (!part) return std::nullopt;
      all = all ? NewNode({.kind = NodeKind::kThen, .first = *all, .second = *part}) : *part;
    }
    return all ? all : NewNode({});
  }

  std::optional<std::uint32_t> Atom(int depth) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case '(': return Group(depth);
      case '[': return Class();
      case '$': return NewTaker({.kind = StateKind::kEnd});
      case '.': {
        PatternSet::ByteSet all;
        all.set().reset('\n');
        return NewSet(all);
      }
      case '\\': return Escaped();
      case '^':
      case '?':
      case '*':
      case '+':
      case ']': return std::nullopt;
      case '{': return IsTimes(rest_) ? std::nullopt : std::optional(NewByte(c));
      default: return IsAscii(c) ? std::optional(NewByte(c)) : std::nullopt;
    }
  }

  std::uint32_t NewByte(char c) {
    return NewTaker({.kind = StateKind::kByte, .byte = static_cast<std::uint8_t>(c)});
  }

  std::uint32_t NewSet(const PatternSet::ByteSet& set) {
    set_.sets_.push_back(set);
    return NewTaker({.kind = StateKind::kSet, .other = static_cast<std::uint32_t>(set_.sets_.size() - 1)});
  }

  // Behind a backslash. Letters and digits other than these name places, which are RE2's.
  std::optional<std::uint32_t> Escaped() {
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    PatternSet::ByteSet named;
    switch (c) {
      case 'd':
      case 'D': named = NamedBytes("0123456789"); break;
      case 'w':
      case 'W': named = NamedBytes("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"); break;
      case 's':
      case 'S': named = NamedBytes("\t\n\f\r "); break;
      default: break;
    }
    if (named.none() && !IsIn(kPunctuation, c)) return std::nullopt;
    rest_.remove_prefix(1);
    if (named.none()) return NewByte(c);
    return NewSet(c >= 'A' && c <= 'Z' ? ~named : named);
  }

  static PatternSet::ByteSet NamedBytes(std::string_view bytes) {
    PatternSet::ByteSet set;
    for (const char byte : bytes) set.set(static_cast<unsigned char>(byte));
    return set;
  }

  std::optional<std::uint32_t> Group(int depth) {
    if (rest_.starts_with("?:")) rest_.remove_prefix(2);
    if (rest_.starts_with('?')) return std::nullopt;
    const std::optional<std::uint32_t> inside = Alternatives(depth + 1);
    if (!Take(')')) return std::nullopt;
    return inside;
  }

  // Behind the opening bracket.
  std::optional<std::uint32_t> Class() {
    PatternSet::ByteSet set;
    const bool is_negated = Take('^');
    do {
      const std::optional<unsigned> first = ClassByte();
      if (!first) return std::nullopt;
      unsigned last = *first;
      if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        const std::optional<unsigned> end = ClassByte();
        if (!end || *end < *first) return std::nullopt;
        last = *end;
      }
      for (unsigned byte = *first; byte <= last; ++byte) set.set(byte);
      if (rest_.starts_with("-]")) {
        set.set('-');
        rest_.remove_prefix(1);
      }
    } while (!Take(']'));
    return NewSet(is_negated ? ~set : set);
  }

  std::optional<unsigned> ClassByte() {
    const bool is_escaped = Take('\\');
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    // An opening bracket may begin the name of a class, and a bracket or a dash that stands alone is read
    // differently by different engines.
    if (!IsAscii(c) || (is_escaped ? !IsIn(kPunctuation, c) : IsIn("[]-^", c))) return std::nullopt;
    rest_.remove_prefix(1);
    return static_cast<unsigned char>(c);
  }

  // `part` or, if a sign of repetition follows, its repetition.
  std::optional<std::uint32_t> Repetition(std::uint32_t part) {
    if (rest_.empty()) return part;
    Node node{.kind = NodeKind::kRepeated, .first = part};
    if (Take('?')) {
      node.further = 1;
    } else if (Take('*')) {
      node.endless = true;
    } else if (Take('+')) {
      node.times = 1;
      node.endless = true;
    } else if (rest_.front() == '{' && IsTimes(rest_.substr(1))) {
      rest_.remove_prefix(1);
      if (!Times(node)) return std::nullopt;
    } else {
      return part;
    }
    // A second sign makes the first one lazy, or is an error.
    if (!rest_.empty() && IsIn("?*+", rest_.front())) return std::nullopt;
    if (rest_.starts_with('{') && IsTimes(rest_.substr(1))) return std::nullopt;
    return NewNode(node);
  }

  // Whether what stands behind a brace makes it a repetition: "3}", "3,}", "3,5}".
  static bool IsTimes(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789";
    const std::size_t least = std::min(text.find_first_not_of(kDigits), text.size());
    text.remove_prefix(least);
    if (least == 0 || text.empty()) return false;
    if (text.front() == '}') return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of(kDigits), text.size()));
    return text.starts_with('}');
  }

  // Behind the brace: "3}", "3,}", "3,5}".
  bool Times(Node& node) {
    const std::optional<std::uint8_t> least = Number();
    if (!least) return false;
    node.times = *least;
    if (!Take(',')) return Take('}');
    if (Take('}')) {
      node.endless = true;
      return true;
    }
    const std::optional<std::uint8_t> most = Number();
    if (!most || *most < *least) return false;
    node.further = static_cast<std::uint8_t>(*most - *least);
    return Take('}');
  }

  std::optional<std::uint8_t> Number() {
    // With a zero in front RE2 takes the braces for text.
    if (rest_.size() > 1 && rest_[0] == '0' && IsIn("0123456789", rest_[1])) return std::nullopt;
    std::uint8_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc() || number > kMaxTimes) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::uint32_t NewState(const State& state) {
    set_.states_.push_back(state);
    return static_cast<std::uint32_t>(set_.states_.size() - 1);
  }

  std::uint32_t NewEither(std::uint32_t one, std::uint32_t other) {
    return NewState({.kind = StateKind::kEither, .next = one, .other = other});
  }

  // Writes the states of a node that go on to `next`; gives the first of them. The tree is as deep as the
  // groups are, but a sequence leans to its first part, so its length is gone along by the loop.
  std::uint32_t Write(std::uint32_t index, std::uint32_t next) {
    is_too_big_ = ++written_parts_ > kMaxParts;
    while (!is_too_big_ && nodes_[index].kind == NodeKind::kThen) {
      next = Write(nodes_[index].second, next);
      index = nodes_[index].first;
    }
    if (is_too_big_) return 0;
    const Node node = nodes_[index];
    switch (node.kind) {
      case NodeKind::kNothing:
      case NodeKind::kThen: return next;
      case NodeKind::kTaker: {
        State taker = node.taker;
        taker.next = next;
        return NewState(taker);
      }
      case NodeKind::kEither: return WriteEither(index, next);
      case NodeKind::kRepeated: return WriteRepeated(node, next);
    }
    return next;
  }

  // Alternatives lean to their first one like sequences.
  std::uint32_t WriteEither(std::uint32_t index, std::uint32_t next) {
    std::optional<std::uint32_t> start;
    for (; !is_too_big_ && nodes_[index].kind == NodeKind::kEither; index = nodes_[index].first) {
      const std::uint32_t last = Write(nodes_[index].second, next);
      start = start ? NewEither(last, *start) : last;
    }
    return NewEither(Write(index, next), start.value_or(next));
  }

  std::uint32_t WriteRepeated(const Node& node, std::uint32_t next) {
    std::uint32_t start = next;
    if (node.endless) {
      const std::uint32_t loop = NewEither(next, next);
      const std::uint32_t inside = Write(node.first, loop);
      if (is_too_big_) return 0;
      set_.states_[loop].next = inside;
      start = loop;
    }
    for (std::uint32_t i = 0; i < node.further; ++i) start = NewEither(Write(node.first, start), next);
    for (std::uint32_t i = 0; i < node.times; ++i) start = Write(node.first, start);
    return start;
  }

  PatternSet& set_;
  std::string_view rest_;
  std::vector<Node> nodes_;
  std::uint32_t written_parts_ = 0;
  bool is_too_big_ = false;
};

bool PatternSet::Add(std::string_view pattern, std::uint8_t tag) {
  return PatternReader(*this, pattern).Read(tag);
}

}  // namespace cairn::signature
