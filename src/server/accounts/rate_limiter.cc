#include "server/accounts/rate_limiter.h"

#include <algorithm>

namespace cairn::accounts {

std::int64_t RateLimiter::Take(const std::string& key) {
  const std::int64_t now_ms = clock_ms_();
  const std::lock_guard lock(mutex_);
  const auto found = whole_again_ms_.find(key);
  const std::int64_t whole_ms = found == whole_again_ms_.end() ? now_ms : std::max(found->second, now_ms);
  const std::int64_t wait_ms = whole_ms - now_ms - (rate_.burst - 1) * rate_.refill_ms;
  if (wait_ms > 0) return wait_ms;
  if (found != whole_again_ms_.end()) {
    found->second = whole_ms + rate_.refill_ms;
    return 0;
  }
  MakeRoom(now_ms);
  whole_again_ms_.emplace(key, whole_ms + rate_.refill_ms);
  return 0;
}

void RateLimiter::GiveBack(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = whole_again_ms_.find(key);
  if (found != whole_again_ms_.end()) found->second -= rate_.refill_ms;
}

std::size_t RateLimiter::keys() const {
  const std::lock_guard lock(mutex_);
  return whole_again_ms_.size();
}

void RateLimiter::MakeRoom(std::int64_t now_ms) {
  if (whole_again_ms_.size() < kMaxLimitedKeys) return;
  std::erase_if(whole_again_ms_, [now_ms](const auto& entry) { return entry.second <= now_ms; });
  if (whole_again_ms_.size() >= kMaxLimitedKeys) whole_again_ms_.clear();
}

}  // namespace cairn::accounts
