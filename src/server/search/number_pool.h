// Numbers for things of a file, from 0 on and without large gaps, so that tables by number stay small: those
// of things that are gone are given again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cairn::search {

class NumberPool {
 public:
  // The number that the thing gets which comes after `count` others.
  std::int64_t Peek(std::size_t count) const {
    return count < free_.size() ? free_[free_.size() - 1 - count]
                                : next_ + static_cast<std::int64_t>(count - free_.size());
  }

  // That many of them are given now.
  void Take(std::size_t count) {
    const std::size_t reused = std::min(count, free_.size());
    free_.resize(free_.size() - reused);
    next_ += static_cast<std::int64_t>(count - reused);
  }

  // From now on these are given, and no others.
  void Reset(std::vector<std::int64_t> used) {
    std::ranges::sort(used);
    free_.clear();
    next_ = 0;
    for (const std::int64_t number : used) {
      for (; next_ < number; ++next_) free_.push_back(next_);
      next_ = number + 1;
    }
    std::ranges::reverse(free_);
  }

 private:
  std::vector<std::int64_t> free_;  // The next one last.
  std::int64_t next_ = 0;
};

}  // namespace cairn::search
