// A Tally counts crashes by combinations of small numbers, in an array with a place for each: several times
// faster than groups of a statement, and only for what fits into memory at once.
//
// The engine's threads count, each into an array of its own, and whoever asked reads when they are done.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace cairn::search {

// What is counted of the crashes in one place: how many, and the sums of an Estimate.
struct TallyCell {
  std::uint64_t crashes = 0;
  double weight = 0;
  double variance = 0;
};

// Of all threads together: some 100 MB.
inline constexpr std::size_t kMaxTallyCells = 4'000'000;
inline constexpr std::size_t kMaxTallyKeys = 4;

class Tally {
 public:
  // Keys are absent, or numbers from 0 below their size. The product of all sizes, each one larger, is
  // kMaxTallyCells at most.
  Tally(std::vector<std::size_t> sizes, bool is_weighed);

  // Rows of keys: `keys[i][row]` is that of size i; negative if absent. `weights` is null if all are 1.
  void Count(std::span<const std::int64_t* const> keys, const double* weights, std::size_t rows);

  // Whether a key was too large, so that nothing here is to be believed.
  bool is_broken() const { return is_broken_; }

  // Of what has these first keys, an absent one being -1: how many crashes there are with each value of the
  // next key, of an absent one first.
  std::vector<std::uint64_t> CountsBelow(std::span<const std::int64_t> first_keys) const;

  // All that has these first keys.
  TallyCell SumOf(std::span<const std::int64_t> first_keys) const;

  // To be called once all have counted, before anything is read.
  void Join();

 private:
  struct Part {
    std::vector<std::uint32_t> crashes;
    std::vector<double> sums;  // Of weight and variance, in turn; empty if not weighed.
  };

  Part& PartOfThisThread();
  // The cells of what has these first keys.
  struct Range {
    std::size_t begin = 0;
    std::size_t length = 0;
  };
  Range RangeOf(std::span<const std::int64_t> first_keys) const;

  std::vector<std::size_t> sizes_;
  std::size_t cells_ = 1;
  bool is_weighed_;
  std::atomic<bool> is_broken_ = false;
  std::mutex mutex_;
  std::map<std::thread::id, Part> parts_;  // GUARDED_BY(mutex_)
  Part joined_;
};

}  // namespace cairn::search
