#include "server/accounts/pending_sign_ins.h"

#include <utility>

namespace cairn::accounts {

bool PendingSignIns::Add(PendingSignIn pending) {
  const std::int64_t now_ms = clock_ms_();
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMaxPendingSignIns) {
    std::erase_if(entries_, [now_ms](const auto& entry) { return entry.second.ends_ms <= now_ms; });
    if (entries_.size() >= kMaxPendingSignIns) return false;
  }
  std::string state = pending.ticket.state;
  return entries_.emplace(std::move(state), Entry{std::move(pending), now_ms + kSignInPatienceMs}).second;
}

std::optional<PendingSignIn> PendingSignIns::Take(const std::string& state) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(state);
  if (found == entries_.end()) return std::nullopt;
  Entry entry = std::move(found->second);
  entries_.erase(found);
  if (entry.ends_ms <= clock_ms_()) return std::nullopt;
  return std::move(entry.pending);
}

}  // namespace cairn::accounts
