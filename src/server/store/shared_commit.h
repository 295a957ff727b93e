// SharedCommit lets many threads share one costly step, such as writing to the disk: whoever comes first does
// it for all that wait by then, and everybody returns when their own work is done.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cairn::store {

template <typename Work>
class SharedCommit {
 public:
  struct Ticket {
    Work* work;  // Of the thread that waits.
    base::Status status;
    bool done = false;
  };
  // Does the work of all tickets and sets their status. Never runs twice at once.
  using Commit = std::function<void(const std::vector<Ticket*>& batch)>;

  explicit SharedCommit(Commit commit) : commit_(std::move(commit)) {}

  base::Status Run(Work& work) {
    Ticket ticket{.work = &work};
    std::unique_lock lock(mutex_);
    pending_.push_back(&ticket);
    while (!ticket.done) {
      if (leading_) {
        done_.wait(lock);
        continue;
      }
      leading_ = true;
      const std::vector<Ticket*> batch = std::exchange(pending_, {});
      lock.unlock();
      commit_(batch);
      lock.lock();
      leading_ = false;
      for (Ticket* const member : batch) member->done = true;
      done_.notify_all();
    }
    return ticket.status;
  }

 private:
  Commit commit_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<Ticket*> pending_;  // GUARDED_BY(mutex_)
  bool leading_ = false;          // GUARDED_BY(mutex_): a thread runs a batch.
};

}  // namespace cairn::store
