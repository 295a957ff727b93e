#include "analysis/stats/proportions.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace cairn::stats {

Difference Compare(const Share& group, const Share& others) {
  if (group.total == 0 || others.total == 0) return {.value = 0, .low = -1, .high = 1, .p_value = 1};
  const double n = static_cast<double>(group.total);
  const double m = static_cast<double>(others.total);
  const double p = group.value();
  const double q = others.value();
  const double pooled = static_cast<double>(group.count + others.count) / (n + m);
  const double yates = (1 / n + 1 / m) / 2;
  const double spread = kNormal95 * std::sqrt(p * (1 - p) / n + q * (1 - q) / m) + yates;
  Difference difference{
      .value = p - q, .low = std::max(-1.0, p - q - spread), .high = std::min(1.0, p - q + spread)};
  const double deviation = std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  const double distance = std::max(0.0, std::abs(p - q) - yates);
  if (deviation > 0) difference.p_value = std::erfc(distance / deviation / std::numbers::sqrt2);
  return difference;
}

double SignificantP(std::span<const double> p_values, double false_share) {
  std::vector<double> sorted(p_values.begin(), p_values.end());
  std::ranges::sort(sorted);
  for (std::size_t rank = sorted.size(); rank > 0; --rank) {
    const double allowed = false_share * static_cast<double>(rank) / static_cast<double>(sorted.size());
    if (sorted[rank - 1] <= allowed) return sorted[rank - 1];
  }
  return -1;
}

}  // namespace cairn::stats
