// SignatureLists say what frames mean to a signature: which are noise, which only lead to the next, where to
// begin.
//
// Patterns are RE2 and match at the start of a normalised frame, so "raise" also matches "raise_error";
// sentinels are compared whole. Immutable once made: any number of threads may ask at once.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/pattern_set.h"
#include "base/result.h"

namespace cairn::signature {

enum class ListKind : std::uint8_t { kSentinel, kIrrelevant, kPrefix, kLineNumber };

// "sentinel", "irrelevant", "prefix", "line_number".
std::string_view ListName(ListKind kind);

// The four lists as lines, one pattern or name each; blank lines and lines that begin with '#' are skipped,
// and white space around a line is no part of it.
struct SignatureListLines {
  std::vector<std::string> sentinels;
  std::vector<std::string> irrelevant;
  std::vector<std::string> prefix;
  std::vector<std::string> line_numbers;
};

// One line of a list, and what is known of it.
struct ListLine {
  ListKind kind = ListKind::kIrrelevant;
  std::uint32_t number = 0;  // From 1, in its list.
  std::string text;          // A pattern; of a sentinel the whole frame.
  std::string category;      // Cairn's own lists say what the names belong to, and why the line is there.
  std::string reason;
};

class SignatureLists {
 public:
  // Bits that Tags() gives.
  static constexpr std::uint8_t kIrrelevantTag = 1;
  static constexpr std::uint8_t kPrefixTag = 2;

  // Fails at a pattern that RE2 refuses; the error's offset is the line's index in its list.
  static base::Result<SignatureLists> Create(const SignatureListLines& lines);

  // Cairn's own lists (default_lists.cc).
  static const SignatureLists& Default();

  SignatureLists(SignatureLists&&) noexcept;
  SignatureLists& operator=(SignatureLists&&) noexcept;
  ~SignatureLists();

  bool IsSentinel(std::string_view frame) const;    // Frames above it are not looked at.
  bool IsIrrelevant(std::string_view frame) const;  // Left out of the signature.
  bool IsPrefix(std::string_view frame) const;      // Put in, and the next frame too.
  bool WantsLineNumber(std::string_view function) const;

  // The first line of a list that says so of a frame; nullptr if none does. Slow: for explanations.
  const ListLine* Find(ListKind kind, std::string_view frame) const;

  // For a PatternMatcher: the patterns of the irrelevant and the prefix list by their tags, and the tags of
  // the few patterns that only RE2 takes.
  const PatternSet& patterns() const { return patterns_; }
  std::uint8_t OtherTags(std::string_view frame) const;

 private:
  struct Re2Line;

  static base::Result<SignatureLists> CreateOf(std::vector<ListLine> lines);

  SignatureLists();
  base::Status Add(std::uint32_t line);
  const ListLine* FirstOf(const PatternSet& set, const std::vector<std::uint32_t>& numbers, std::uint8_t tags,
                          ListKind kind, std::string_view frame) const;

  std::vector<ListLine> lines_;  // Those that say something.

  std::vector<std::string> sentinels_;  // Sorted.
  // For each first byte the lengths modulo 64 of the sentinels that begin with it: most frames are none.
  std::array<std::uint64_t, 256> sentinel_lengths_{};

  PatternSet patterns_;                       // Of the irrelevant and the prefix list.
  std::vector<std::uint32_t> pattern_lines_;  // Of each of them: its index in lines_.
  PatternSet number_patterns_;                // Of the line number list.
  std::vector<std::uint32_t> number_lines_;
  std::bitset<256> number_starts_;  // What functions with a line number may begin with.
  std::vector<Re2Line> others_;     // What PatternSet does not take.
};

}  // namespace cairn::signature
