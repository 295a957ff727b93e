// Cuts ranges that may overlap into spans that do not.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::symfile {

struct RankedRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;   // Half-open; ranges with end <= start are ignored.
  std::uint64_t rank = 0;  // Where ranges overlap, the lowest rank wins, then the lowest id.
  std::uint32_t id = 0;    // Not kNoRange.
};

struct Span {
  std::uint64_t start = 0;  // The span ends where the next begins.
  std::uint32_t id = 0;     // Of the range that won, or kNoRange where there is none. The last span has none.
  friend bool operator==(const Span&, const Span&) = default;
};

inline constexpr std::uint32_t kNoRange = 0xffffffff;

// Appends the spans to `spans`, ascending, no two neighbours with the same id. Sorts `ranges`. Takes n log n
// steps whatever the overlaps.
void AppendPartition(std::vector<RankedRange>& ranges, std::vector<Span>& spans);

}  // namespace cairn::symfile
