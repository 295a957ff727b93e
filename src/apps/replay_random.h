// Random numbers that are the same for the same seed, so that a population can be made again.
//
// Not fit for keys. For one thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::apps {

// SplitMix64 (Steele, Lea, Flood 2014).
class ReplayRandom {
 public:
  explicit ReplayRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to `count` - 1; `count` is not 0.
  std::size_t Below(std::size_t count) { return static_cast<std::size_t>(Next() % count); }
  // From 0 to less than 1.
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  bool Chance(double probability) { return Unit() < probability; }

 private:
  std::uint64_t state_;
};

// Draws 0 to `count` - 1; what has the number k comes as often as 1 / (k + 1) says.
class SkewedDraw {
 public:
  explicit SkewedDraw(std::size_t count) {
    cumulated_.reserve(count);
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) cumulated_.push_back(sum += 1 / static_cast<double>(k + 1));
  }
  std::size_t Draw(ReplayRandom& random) const {
    const double point = random.Unit() * cumulated_.back();
    const auto found = std::ranges::upper_bound(cumulated_, point);
    return std::min(static_cast<std::size_t>(found - cumulated_.begin()), cumulated_.size() - 1);
  }

 private:
  std::vector<double> cumulated_;
};

}  // namespace cairn::apps
