// Compares how often something holds within a group and outside of it, with what may be chance.
#pragma once

#include <cstdint>
#include <span>

namespace cairn::stats {

// Standard errors to each side that hold 95 % of a normal distribution.
inline constexpr double kNormal95 = 1.959964;

// So many of so many.
struct Share {
  std::uint64_t count = 0;
  std::uint64_t total = 0;

  double value() const { return total == 0 ? 0 : static_cast<double>(count) / static_cast<double>(total); }
};

struct Difference {
  double value = 0;  // The group's share less that of the others; -1 to 1.
  double low = 0;    // Bounds of its 95 % interval: Wald's, with Yates' correction for small counts.
  double high = 0;
  double p_value = 1;  // How probable a difference as large as this is, were there none: two-sided, of a
                       // normal deviate of the pooled share.
};

// 0 with everything possible if one of them is of none.
Difference Compare(const Share& group, const Share& others);

// The largest p value that is still significant, by Benjamini and Hochberg: of those at or below it, at most
// `false_share` are expected to be chance. Below 0 if none is.
double SignificantP(std::span<const double> p_values, double false_share);

}  // namespace cairn::stats
