// QueueThread works at one kind of a queue's items, one after the other, on a low thread of its own: for work
// that nobody waits for and that a kill must not forget.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "server/store/queue.h"

namespace cairn::store {

struct QueueThreadOptions {
  std::string kind;
  std::int64_t lease_ms = 0;
  const char* name = "";  // Of the thread: at most 15 characters.
};

// Any thread may call any method.
class QueueThread {
 public:
  static constexpr int kIdleWaitMs = 1000;  // Items whose time comes wake nobody.

  // Acknowledges the claim, or says when it is to come back. Long work looks at `stopping`.
  using Follow = std::function<void(const ClaimedItem& claim, const std::atomic<bool>& stopping)>;

  // The queue, and what `follow` uses, must outlive it.
  QueueThread(Queue& queue, QueueThreadOptions options, Follow follow);
  // Ends after the item that it is at.
  ~QueueThread();
  QueueThread(const QueueThread&) = delete;
  QueueThread& operator=(const QueueThread&) = delete;

  // Durable when it returns.
  base::Status Order(std::string id);

  // Until nothing that was ordered waits for its first time.
  void WaitUntilIdle() const;

 private:
  void Run();
  bool FollowOne();

  Queue& queue_;
  const QueueThreadOptions options_;
  const Follow follow_;
  std::atomic<bool> stopping_ = false;  // Set with mutex_ held.
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t orders_ = 0;  // GUARDED_BY(mutex_)
  // GUARDED_BY(mutex_). So many orders had been given when there was nothing to do; none: there always was.
  std::optional<std::uint64_t> orders_seen_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace cairn::store
