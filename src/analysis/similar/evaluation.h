// How well a grouping or a ranking finds what belongs together, where that is known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cairn::similar {

// B-cubed: of each item the share of its group that is of its kind, and the share of its kind that is in its
// group; the means over all items.
struct BCubed {
  double precision = 0;
  double recall = 0;
  double F1() const { return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0; }
};
// The kind and the group of each item.
BCubed BCubedOf(std::span<const std::uint32_t> kinds, std::span<const std::uint32_t> groups);

// The chance that a pair of one kind scores above a pair of two; ties count half. 0.5 if there is only one
// sort of pair.
struct ScoredPair {
  double score = 0;
  bool is_one_kind = false;
};
double AreaUnderCurve(std::span<const ScoredPair> pairs);

}  // namespace cairn::similar
