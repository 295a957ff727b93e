// What the server counts and times while it works: numbers that any thread adds to without a lock.
//
// A role keeps its metrics in a struct of its own; registry.h gives them names and writes them as text. What
// they are told apart by is fixed in the code: never a word that a user sent.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cairn::metrics {

// Only rises, from 0 at the start of the process.
class Counter {
 public:
  void Add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// How often something took how long.
class DurationHistogram {
 public:
  static constexpr std::size_t kBoundsMax = 16;

  // `bounds_s` are upper ends of buckets in seconds, rising, at most kBoundsMax.
  explicit DurationHistogram(std::span<const double> bounds_s);

  // Negative durations, of a clock that was set back, count as none.
  void Observe(std::chrono::nanoseconds duration);

  struct Snapshot {
    std::size_t buckets = 0;                                // Without the last, which has no end.
    std::array<double, kBoundsMax> bounds_s{};              // Of which `buckets` are used.
    std::array<std::uint64_t, kBoundsMax> counts_within{};  // How many took at most so long.
    std::uint64_t count = 0;
    double sum_s = 0;
  };
  // Counts belong together; the sum may be of a moment later.
  Snapshot Read() const;

 private:
  std::size_t bounds_ = 0;
  std::array<double, kBoundsMax> bounds_s_{};
  std::array<std::int64_t, kBoundsMax> bounds_ns_{};
  std::array<std::atomic<std::uint64_t>, kBoundsMax + 1> counts_{};  // The last: above all bounds.
  std::atomic<std::uint64_t> sum_ns_ = 0;
};

// From an answer out of memory to a slow upload.
inline constexpr std::array<double, 12> kRequestBounds_s = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                            0.1,   0.25,   0.5,   1,    5,     30};
// From a ping whose stack is known to a worker at its limit.
inline constexpr std::array<double, 13> kWorkBounds_s = {0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25,
                                                         0.5,    1,     2.5,   5,    15,   60};
// From a batch's wait to a backlog of a day.
inline constexpr std::array<double, 12> kDelayBounds_s = {0.25, 0.5, 1,   2,    5,     10,
                                                          30,   60,  300, 1800, 14400, 86400};

// Times from its beginning to its end. The histogram, which may be null, must outlive it.
class Timer {
 public:
  explicit Timer(DurationHistogram* histogram)
      : histogram_(histogram), started_(std::chrono::steady_clock::now()) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    if (histogram_ != nullptr) histogram_->Observe(std::chrono::steady_clock::now() - started_);
  }

 private:
  DurationHistogram* histogram_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace cairn::metrics
