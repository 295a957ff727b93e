// What signatures are made by, as people write it: the four lists, custom rules, and decisions about single
// signatures.
//
// Lists are whole files in the form that Socorro gave them: one pattern a line. Rules are TOML
// (docs/formats/signature-rules.md). Text comes from callers and is checked before anything is signed by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/lists.h"

namespace cairn::signing {

inline constexpr std::size_t kMaxListBytes = 256 << 10;  // The longest in use has 20 KB.
inline constexpr std::size_t kMaxMistakes = 20;          // That are told at once.
inline constexpr std::size_t kMaxDecisions = 10'000;
inline constexpr std::size_t kMaxSourcesOfDecision = 100;
inline constexpr std::size_t kMaxReasonBytes = 1000;

// The files of a set of lists, as Socorro names them.
struct ListTexts {
  std::string sentinels;
  std::string irrelevant;
  std::string prefix;
  std::string line_numbers;

  friend bool operator==(const ListTexts&, const ListTexts&) = default;
};

struct ListFile {
  std::string_view name;
  std::string ListTexts::* text;
  std::vector<std::string> signature::SignatureListLines::* lines;
};
inline constexpr ListFile kListFiles[] = {
    {"signature_sentinels.txt", &ListTexts::sentinels, &signature::SignatureListLines::sentinels},
    {"irrelevant_signature_re.txt", &ListTexts::irrelevant, &signature::SignatureListLines::irrelevant},
    {"prefix_signature_re.txt", &ListTexts::prefix, &signature::SignatureListLines::prefix},
    {"signatures_with_line_numbers_re.txt", &ListTexts::line_numbers,
     &signature::SignatureListLines::line_numbers},
};
inline constexpr std::string_view kRulesFile = "rules.toml";

struct SettingsText {
  std::optional<ListTexts> lists;  // Nothing: Cairn's own.
  std::string rules;               // Empty: none.

  friend bool operator==(const SettingsText&, const SettingsText&) = default;
};

enum class DecisionKind : std::uint8_t { kMerge, kRename };
// "merge", "rename".
std::string_view DecisionName(DecisionKind kind);

// That crashes which would have one of some signatures have another. Who, when and why stay with it.
struct Decision {
  std::int64_t id = 0;  // Never given twice.
  DecisionKind kind = DecisionKind::kMerge;
  std::vector<std::string> from;
  std::string to;
  std::string who;
  std::string why;
  std::int64_t when_ms = 0;

  friend bool operator==(const Decision&, const Decision&) = default;
};

struct Settings {
  SettingsText text;
  std::vector<Decision> decisions;  // In the order in which they were made, which is that of applying them.

  friend bool operator==(const Settings&, const Settings&) = default;
};

// Why text cannot be used: "prefix_signature_re.txt, line 3: what: what to do", at most kMaxMistakes.
using Mistakes = std::vector<std::string>;

}  // namespace cairn::signing
