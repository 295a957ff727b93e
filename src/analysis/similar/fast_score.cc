#include "analysis/similar/fast_score.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace cairn::similar {
namespace {

constexpr double kLeastRarity =
    0.05;  // Of a frame that all stacks have: it still says that a stack is a stack.

struct Placed {
  FrameId frame;
  std::uint32_t place;
};

// Sorted by frame and then place, so that equal frames of two stacks meet when both are gone along.
std::vector<Placed> Sorted(std::span<const FrameId> stack) {
  std::vector<Placed> placed;
  placed.reserve(stack.size());
  for (std::uint32_t place = 0; place < stack.size(); ++place) placed.push_back({stack[place], place});
  std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
    return std::pair(a.frame, a.place) < std::pair(b.frame, b.place);
  });
  return placed;
}

double WeightOf(Placed placed, const FrameDictionary& frames, const FastParameters& parameters) {
  return std::pow(1.0 + placed.place, -parameters.place_decay) *
         std::pow(frames.Rarity(placed.frame), parameters.rarity_power);
}

// Calls `take` with each alignment. Gives what is for and against, and all there is.
struct Sums {
  double aligned = 0;
  double alone = 0;
  double all = 0;
};
template <typename Take>
Sums Align(std::span<const FrameId> first, std::span<const FrameId> second, const FrameDictionary& frames,
           const FastParameters& parameters, Take take) {
  const std::vector<Placed> left = Sorted(first);
  const std::vector<Placed> right = Sorted(second);
  Sums sums;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    const bool has_both = i < left.size() && j < right.size();
    if (has_both && left[i].frame == right[j].frame) {
      const double weight = WeightOf(left[i], frames, parameters) + WeightOf(right[j], frames, parameters);
      const double distance =
          std::abs(static_cast<double>(left[i].place) - static_cast<double>(right[j].place));
      const double counts = weight * std::exp(-distance * parameters.distance_decay);
      sums.aligned += counts;
      sums.all += weight;
      take(left[i], right[j], counts);
      ++i;
      ++j;
    } else {
      const bool is_left = j == right.size() || (has_both && left[i].frame < right[j].frame);
      const double weight = WeightOf(is_left ? left[i++] : right[j++], frames, parameters);
      sums.alone += weight;
      sums.all += weight;
    }
  }
  return sums;
}

double ScoreOf(const Sums& sums) { return sums.all > 0 ? (sums.aligned - sums.alone) / sums.all : 0; }

}  // namespace

Stack FrameDictionary::Intern(std::span<const std::string_view> frames) {
  Stack stack;
  for (const std::string_view frame : frames.first(std::min(frames.size(), kMaxStackFrames))) {
    const auto [known, is_new] = numbers_.emplace(frame, static_cast<FrameId>(names_.size()));
    if (is_new) {
      names_.emplace_back(frame);
      counts_.push_back(0);
    }
    stack.push_back(known->second);
  }
  return stack;
}

void FrameDictionary::Count(std::span<const FrameId> stack) {
  ++stacks_;
  Stack distinct(stack.begin(), stack.end());
  std::ranges::sort(distinct);
  const auto repeated = std::ranges::unique(distinct);
  distinct.erase(repeated.begin(), repeated.end());
  for (const FrameId frame : distinct) ++counts_[frame];
}

double FrameDictionary::Rarity(FrameId frame) const {
  const double with = std::max<double>(1, static_cast<double>(counts_[frame]));
  return std::max(kLeastRarity, std::log(std::max<double>(1, static_cast<double>(stacks_)) / with));
}

double ScoreOf(std::span<const FrameId> first, std::span<const FrameId> second, const FrameDictionary& frames,
               const FastParameters& parameters) {
  if (first.empty() || second.empty()) return 0;
  return ScoreOf(Align(first, second, frames, parameters, [](Placed, Placed, double) {}));
}

FastScore Explain(std::span<const FrameId> first, std::span<const FrameId> second,
                  const FrameDictionary& frames, const FastParameters& parameters) {
  FastScore result;
  if (first.empty() || second.empty()) return result;
  const Sums sums = Align(first, second, frames, parameters, [&](Placed left, Placed right, double counts) {
    result.aligned.push_back({left.frame, left.place, right.place, counts});
  });
  for (AlignedFrame& aligned : result.aligned) aligned.share /= sums.all;
  std::ranges::sort(result.aligned, {}, &AlignedFrame::place_in_first);
  result.score = ScoreOf(sums);
  return result;
}

}  // namespace cairn::similar
