#include "server/metrics/metrics.h"

#include <algorithm>

namespace cairn::metrics {

DurationHistogram::DurationHistogram(std::span<const double> bounds_s)
    : bounds_(std::min(bounds_s.size(), kBoundsMax)) {
  for (std::size_t i = 0; i < bounds_; ++i) {
    bounds_s_[i] = bounds_s[i];
    bounds_ns_[i] = static_cast<std::int64_t>(bounds_s[i] * 1e9);
  }
}

void DurationHistogram::Observe(std::chrono::nanoseconds duration) {
  const std::int64_t ns = std::max<std::int64_t>(0, duration.count());
  const auto end = bounds_ns_.begin() + static_cast<std::ptrdiff_t>(bounds_);
  const auto bucket =
      static_cast<std::size_t>(std::lower_bound(bounds_ns_.begin(), end, ns) - bounds_ns_.begin());
  counts_[bucket == bounds_ ? kBoundsMax : bucket].fetch_add(1, std::memory_order_relaxed);
  sum_ns_.fetch_add(static_cast<std::uint64_t>(ns), std::memory_order_relaxed);
}

DurationHistogram::Snapshot DurationHistogram::Read() const {
  Snapshot snapshot{.buckets = bounds_, .bounds_s = bounds_s_};
  for (std::size_t i = 0; i < bounds_; ++i) {
    snapshot.count += counts_[i].load(std::memory_order_relaxed);
    snapshot.counts_within[i] = snapshot.count;
  }
  snapshot.count += counts_[kBoundsMax].load(std::memory_order_relaxed);
  snapshot.sum_s = static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e9;
  return snapshot;
}

}  // namespace cairn::metrics
