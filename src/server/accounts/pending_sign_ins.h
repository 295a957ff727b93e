// Sign-ins at a provider that were begun here and have not come back. In memory: a restart forgets them, and
// people begin again. Any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "os/clock.h"
#include "server/oidc/provider.h"

namespace cairn::accounts {

inline constexpr std::size_t kMaxPendingSignIns = 10'000;  // Of some 500 bytes.
inline constexpr std::int64_t kSignInPatienceMs = 10LL * 60 * 1000;

struct PendingSignIn {
  oidc::SignInTicket ticket;
  std::string next;  // The page that people come back to.
};

class PendingSignIns {
 public:
  explicit PendingSignIns(std::function<std::int64_t()> clock_ms = os::MonotonicMillis)
      : clock_ms_(std::move(clock_ms)) {}

  // False: there are too many.
  bool Add(PendingSignIn pending);
  // By its state, once.
  std::optional<PendingSignIn> Take(const std::string& state);

 private:
  struct Entry {
    PendingSignIn pending;
    std::int64_t ends_ms = 0;
  };
  const std::function<std::int64_t()> clock_ms_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;  // GUARDED_BY(mutex_), by state.
};

}  // namespace cairn::accounts
