#include "server/processor/index_batcher.h"

#include <chrono>
#include <utility>

namespace cairn::processor {

IndexBatcher::IndexBatcher(search::CrashIndex& index, store::Queue& queue)
    : index_(index), queue_(queue), thread_([this] { Run(); }) {}

IndexBatcher::~IndexBatcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void IndexBatcher::Add(Finished finished) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kBatchRowsMax || stopping_; });
  waiting_.push_back(std::move(finished));
  changed_.notify_all();
}

void IndexBatcher::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    changed_.wait_for(lock, std::chrono::milliseconds(kBatchWaitMs),
                      [this] { return waiting_.size() >= kBatchRowsMax || stopping_; });
    std::vector<Finished> batch = std::exchange(waiting_, {});
    changed_.notify_all();
    lock.unlock();
    Commit(std::move(batch));
    lock.lock();
  }
}

void IndexBatcher::Commit(std::vector<Finished> batch) {
  std::vector<search::CrashRow> rows;
  rows.reserve(batch.size());
  for (Finished& finished : batch) rows.push_back(std::move(finished.row));
  base::Status added = index_.Add(rows);
  std::vector<store::ClaimedItem> done;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    // One row that the index refuses must not hold up the others of its batch.
    const bool alone = !added && batch.size() > 1;
    const base::Status own = alone ? index_.Add(std::span(&rows[i], 1)) : added;
    const Finished& finished = batch[i];
    if (!own && own.error().code == base::Code::kIo) {
      (void)queue_.Postpone(finished.claim, base::Describe(own.error()));  // The disk's fault, not the row's.
    } else if (!own) {
      (void)queue_.Nack(finished.claim, base::Describe(own.error()));
    } else if (!finished.set_aside_reason.empty()) {
      (void)queue_.SetAside(finished.claim, finished.set_aside_reason);
    } else {
      done.push_back(finished.claim);
    }
  }
  // If this fails they come back when their lease ends, and change nothing.
  if (!done.empty()) (void)queue_.AckAll(done);
}

}  // namespace cairn::processor
