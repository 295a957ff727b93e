#include "server/processor/index_batcher.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "os/clock.h"
#include "os/thread.h"
#include "server/intake/queue_kinds.h"

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
  Batch& batch = finished.replaces ? replaced_ : added_;
  changed_.wait(lock, [&] { return !batch.IsFull() || stopping_; });
  batch.items.push_back(
      {std::move(finished.claim), std::move(finished.set_aside_reason), finished.rows.size()});
  for (const search::CrashRow& row : finished.rows) {
    for (const search::SharedStack& stack : row.other_threads) batch.frames += stack->frames().size();
  }
  std::ranges::move(finished.rows, std::back_inserter(batch.rows));
  changed_.notify_all();
}

void IndexBatcher::Run() {
  os::NameThread("index");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !added_.items.empty() || !replaced_.items.empty() || stopping_; });
    if (added_.items.empty() && replaced_.items.empty()) return;
    changed_.wait_for(lock, std::chrono::milliseconds(kBatchWaitMs),
                      [this] { return added_.IsFull() || replaced_.IsFull() || stopping_; });
    const Batch added = std::exchange(added_, {});
    const Batch replaced = std::exchange(replaced_, {});
    changed_.notify_all();
    lock.unlock();
    Commit(added, false);
    Commit(replaced, true);
    lock.lock();
  }
}

base::Status IndexBatcher::Write(std::span<const search::CrashRow> rows, bool replaces) {
  if (rows.empty()) return {};
  return replaces ? index_.Replace(rows) : index_.Add(rows);
}

void IndexBatcher::Commit(const Batch& batch, bool replaces) {
  if (batch.items.empty()) return;
  base::Status written;
  {
    const metrics::Timer timer(&metrics_.commit_seconds);
    written = Write(batch.rows, replaces);
  }
  (written ? metrics_.batches : metrics_.failed_batches).Add();
  metrics_.refuses = !written && written.error().code == base::Code::kIo;
  std::vector<store::ClaimedItem> done;
  std::size_t first_row = 0;
  for (const Batch::Item& item : batch.items) {
    // One row that the index refuses must not hold up the other items of its batch.
    const bool alone = !written && batch.items.size() > 1;
    const std::span<const search::CrashRow> rows = std::span(batch.rows).subspan(first_row, item.rows);
    const base::Status own = alone ? Write(rows, replaces) : written;
    first_row += item.rows;
    if (own) CountDone(item, rows);
    if (!own && own.error().code == base::Code::kIo) {
      (void)queue_.Postpone(item.claim, base::Describe(own.error()));  // The disk's fault, not the row's.
    } else if (!own) {
      (void)queue_.Nack(item.claim, base::Describe(own.error()));
    } else if (!item.set_aside_reason.empty()) {
      (void)queue_.SetAside(item.claim, item.set_aside_reason);
    } else {
      done.push_back(item.claim);
    }
  }
  // If this fails they come back when their lease ends, and change nothing.
  if (!done.empty()) (void)queue_.AckAll(done);
}

void IndexBatcher::CountDone(const Batch::Item& item, std::span<const search::CrashRow> rows) {
  metrics_.rows.Add(rows.size());
  const std::int64_t now_ms = os::UnixMillis();
  for (const search::CrashRow& row : rows) {
    const std::chrono::milliseconds delay(now_ms - row.date_ms);
    if (item.claim.item.kind == intake::kReportKind) metrics_.report_delay_seconds.Observe(delay);
    if (item.claim.item.kind == intake::kPingKind) metrics_.ping_delay_seconds.Observe(delay);
  }
}

}  // namespace cairn::processor
