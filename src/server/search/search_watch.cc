#include "server/search/search_watch.h"

#include <chrono>

#include "os/clock.h"
#include "os/thread.h"

namespace cairn::search {

SearchWatch::SearchWatch() : thread_([this] { Run(); }) {}

SearchWatch::~SearchWatch() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SearchWatch::Run() {
  os::NameThread("search-watch");
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    if (watched_.empty()) {
      changed_.wait(lock, [this] { return is_ending_ || !watched_.empty(); });
      continue;
    }
    changed_.wait_for(lock, std::chrono::milliseconds(kWatchEveryMs), [this] { return is_ending_; });
    InterruptLate(os::MonotonicMillis());
  }
}

void SearchWatch::InterruptLate(std::int64_t now_ms) {
  for (Guard* const guard : watched_) {
    if (!guard->deadline_.HasPassed(now_ms)) continue;
    guard->has_interrupted_ = true;
    duckdb_interrupt(guard->connection_);  // Sets a flag alone: the lock is not held long.
  }
}

SearchWatch::Guard::Guard(SearchWatch& watch, duckdb_connection connection, const Deadline& deadline)
    : watch_(watch), connection_(connection), deadline_(deadline) {
  const std::lock_guard lock(watch_.mutex_);
  place_ = watch_.watched_.insert(watch_.watched_.end(), this);
  if (watch_.watched_.size() == 1) watch_.changed_.notify_all();
}

SearchWatch::Guard::~Guard() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.watched_.erase(place_);
}

bool SearchWatch::Guard::has_interrupted() const {
  const std::lock_guard lock(watch_.mutex_);
  return has_interrupted_;
}

}  // namespace cairn::search
