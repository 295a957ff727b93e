#include "analysis/similar/evaluation.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace cairn::similar {

BCubed BCubedOf(std::span<const std::uint32_t> kinds, std::span<const std::uint32_t> groups) {
  std::map<std::uint32_t, double> of_kind, of_group;
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> of_both;
  const std::size_t count = std::min(kinds.size(), groups.size());
  for (std::size_t i = 0; i < count; ++i) {
    ++of_kind[kinds[i]];
    ++of_group[groups[i]];
    ++of_both[{kinds[i], groups[i]}];
  }
  BCubed result;
  for (const auto& [both, number] : of_both) {
    // `number` items, of each of which `number` of its group are of its kind.
    result.precision += number * number / of_group[both.second];
    result.recall += number * number / of_kind[both.first];
  }
  if (count > 0) {
    result.precision /= static_cast<double>(count);
    result.recall /= static_cast<double>(count);
  }
  return result;
}

double AreaUnderCurve(std::span<const ScoredPair> pairs) {
  std::vector<ScoredPair> sorted(pairs.begin(), pairs.end());
  std::ranges::sort(sorted, {}, &ScoredPair::score);
  double one_kind = 0;
  double two_kinds = 0;  // So far, of lower scores.
  double above = 0;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin;
    double ones = 0;
    double twos = 0;
    for (; end < sorted.size() && sorted[end].score == sorted[begin].score; ++end) {
      (sorted[end].is_one_kind ? ones : twos) += 1;
    }
    above += ones * (two_kinds + twos / 2);
    one_kind += ones;
    two_kinds += twos;
    begin = end;
  }
  return one_kind > 0 && two_kinds > 0 ? above / (one_kind * two_kinds) : 0.5;
}

}  // namespace cairn::similar
