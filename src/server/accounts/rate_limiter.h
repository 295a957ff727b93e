// RateLimiter says how often somebody may do something: so many times at once, and one more every so many
// milliseconds.
//
// Of each key one number is kept: until when what was taken has grown back. What has is forgotten; if there
// are still too many keys all are, because to refuse everybody would be worse. Any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "os/clock.h"

namespace cairn::accounts {

inline constexpr std::size_t kMaxLimitedKeys = 50'000;  // Some 5 MB.

struct Rate {
  std::int64_t burst = 1;
  std::int64_t refill_ms = 1000;  // For one.
};

class RateLimiter {
 public:
  explicit RateLimiter(Rate rate, std::function<std::int64_t()> clock_ms = os::MonotonicMillis)
      : rate_(rate), clock_ms_(std::move(clock_ms)) {}

  // 0: it may be done now. Else in how many milliseconds.
  std::int64_t Take(const std::string& key);
  // What was taken shall not count.
  void GiveBack(const std::string& key);

  std::size_t keys() const;

 private:
  void MakeRoom(std::int64_t now_ms);  // Under mutex_.

  const Rate rate_;
  const std::function<std::int64_t()> clock_ms_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> whole_again_ms_;  // GUARDED_BY(mutex_)
};

}  // namespace cairn::accounts
