// SignalWatch turns the signals that operators send into a stop that ends in time.
//
// SIGTERM and SIGINT begin the stop. The process ends kStopPatienceMs later at the latest, or at a second
// such signal, whatever is still at work: all that was acknowledged is on the disk, and the next start does
// what is left. SIGHUP reloads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

namespace cairn::apps {

// Below the 30 s that systems of containers give by default.
inline constexpr std::int64_t kStopPatienceMs = 25'000;
inline constexpr std::int64_t kTickMs = 200;

struct SignalActions {
  std::function<void()> stop;     // Begins the stop; it must not wait.
  std::function<void()> reload;   // SIGHUP.
  std::function<void()> tick;     // Every kTickMs until the stop.
  std::function<void()> give_up;  // The last words before the process ends early, with exit code 0.
};

// Keeps these signals, in this thread and in those that it starts, for a SignalWatch. Broken pipes and files
// that may not grow become errors.
void HoldSignals();

class SignalWatch {
 public:
  // Watches from a thread of its own. HoldSignals must have been called before any thread was started.
  explicit SignalWatch(SignalActions actions, std::int64_t patience_ms = kStopPatienceMs);
  // All is done: the process ends as it likes.
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  void Watch();

  const SignalActions actions_;
  const std::int64_t patience_ms_;
  std::atomic<bool> done_ = false;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace cairn::apps
