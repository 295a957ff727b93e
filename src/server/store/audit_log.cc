#include "server/store/audit_log.h"

#include <chrono>
#include <utility>
#include "os/thread.h"

namespace cairn::store {

AuditLog::AuditLog(Directory& directory) : directory_(directory), thread_([this] { Run(); }) {}

AuditLog::~AuditLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

base::Status AuditLog::Note(AuditEntry entry) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxWaitingEntries)
      return base::Error{base::Code::kLimitExceeded, kMaxWaitingEntries,
                         "audit: the directory cannot be written"};
    waiting_.push_back(std::move(entry));
    ++noted_;
  }
  changed_.notify_all();
  return {};
}

base::Status AuditLog::Flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t noted = noted_;
  const bool done = changed_.wait_for(lock, std::chrono::milliseconds(kAuditFlushPatienceMs),
                                      [&] { return written_ >= noted; });
  return done ? base::Status()
              : base::Error{base::Code::kTimeout, 0, "audit: the directory cannot be written"};
}

void AuditLog::Run() {
  os::NameThread("audit");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    const std::vector<AuditEntry> batch = waiting_;
    lock.unlock();
    const base::Status recorded = directory_.RecordAll(batch);
    lock.lock();
    if (recorded) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
      written_ += batch.size();
      changed_.notify_all();
      continue;
    }
    if (stopping_) return;
    changed_.wait_for(lock, std::chrono::milliseconds(kAuditTroubleWaitMs), [this] { return stopping_; });
  }
}

}  // namespace cairn::store
