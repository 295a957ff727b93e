#include "server/store/queue_thread.h"

#include <chrono>
#include <utility>
#include <vector>

#include "os/thread.h"

namespace cairn::store {

QueueThread::QueueThread(Queue& queue, QueueThreadOptions options, Follow follow)
    : queue_(queue), options_(std::move(options)), follow_(std::move(follow)), thread_([this] { Run(); }) {}

QueueThread::~QueueThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

base::Status QueueThread::Order(std::string id) {
  RETURN_IF_ERROR(queue_.Push({options_.kind, std::move(id)}));
  {
    const std::lock_guard lock(mutex_);
    ++orders_;
  }
  changed_.notify_all();
  return {};
}

void QueueThread::WaitUntilIdle() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return orders_seen_ == orders_; });
}

void QueueThread::Run() {
  os::NameThread(options_.name);
  os::LowerThreadPriority(os::Priority::kLower);
  while (!stopping_) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = orders_;
    }
    if (FollowOne()) continue;
    std::unique_lock lock(mutex_);
    orders_seen_ = seen;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::milliseconds(kIdleWaitMs),
                      [&] { return orders_ != seen || stopping_; });
  }
}

// Whether there was an item.
bool QueueThread::FollowOne() {
  const base::Result<std::vector<ClaimedItem>> claims = queue_.Claim(options_.kind, 1, options_.lease_ms);
  if (!claims || claims->empty()) return false;
  follow_(claims->front(), stopping_);
  return true;
}

}  // namespace cairn::store
