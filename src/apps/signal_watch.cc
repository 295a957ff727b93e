#include "apps/signal_watch.h"

#include <signal.h>
#include <unistd.h>

#include <utility>

#include "os/clock.h"

namespace cairn::apps {
namespace {

sigset_t WatchedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

// The number of a signal that came within kTickMs; negative if none did.
int AwaitSignal() {
  const sigset_t signals = WatchedSignals();
  const timespec moment{0, kTickMs * 1'000'000};
  return sigtimedwait(&signals, nullptr, &moment);
}

}  // namespace

void HoldSignals() {
  const sigset_t signals = WatchedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // A file that may not grow is an error like a full disk, not the end.
}

SignalWatch::SignalWatch(SignalActions actions, std::int64_t patience_ms)
    : actions_(std::move(actions)), patience_ms_(patience_ms), thread_([this] { Watch(); }) {}

SignalWatch::~SignalWatch() {
  done_ = true;
  thread_.join();
}

void SignalWatch::Watch() {
  for (;;) {
    if (done_) return;
    const int signal_number = AwaitSignal();
    if (signal_number == SIGHUP) {
      actions_.reload();
    } else if (signal_number > 0) {
      break;
    } else {
      actions_.tick();
    }
  }
  actions_.stop();
  const std::int64_t deadline_ms = os::MonotonicMillis() + patience_ms_;
  while (!done_) {
    const int signal_number = AwaitSignal();
    const bool insists = signal_number > 0 && signal_number != SIGHUP;
    if (!insists && os::MonotonicMillis() < deadline_ms) continue;
    actions_.give_up();
    _exit(0);
  }
}

}  // namespace cairn::apps
