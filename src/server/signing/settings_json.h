// Orders about signatures and what they come to, as the JSON of the API (docs/api/openapi.yaml).
//
//   {"lists": {"signature_sentinels.txt": "...", ... all four}, "rules": "...", "why": "..."}
//   {"from": ["a", "b"], "to": "c", "why": "..."}       also one text for `from`
//   {"decision": 3, "why": "..."}
//
// Without `lists`, or with null, Cairn's own are meant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/signing/history.h"
#include "server/signing/preview.h"
#include "server/signing/progress.h"
#include "server/signing/settings.h"
#include "server/signing/similar_signatures.h"

namespace cairn::signing {

inline constexpr std::size_t kMaxOrderBytes = 8 << 20;  // Lists and rules, with every byte escaped.
inline constexpr std::size_t kMaxPreviewRows = 200;     // That are told, of each kind.
inline constexpr std::size_t kMaxPreviewParts = 20;     // Of each row.

// All that an order may say. What it does not say is empty.
struct Order {
  SettingsText text;
  std::vector<std::string> from;
  std::string to;
  std::int64_t decision = 0;
  std::string why;
};

// Mistakes in form; whether it can be followed is for Signing to say.
std::variant<Order, Mistakes> ReadOrder(std::string_view json);

std::string WriteMistakes(const Mistakes& mistakes);
std::string WritePreview(const Preview& preview);
std::string WriteHead(const RevisionHead& head);
std::string WriteHistory(const std::vector<RevisionHead>& heads);
// What is in force, and how far history is signed by it.
std::string WriteState(const Revision& revision, const Progress& progress);
std::string WriteSimilar(std::string_view signature, const SimilarSignatures& similar);
std::string WriteResolved(std::string_view signature, const std::vector<std::string>& found);

}  // namespace cairn::signing
