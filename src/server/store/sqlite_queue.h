// SqliteQueue is the embedded Queue: one table in one SQLite file, durable at each commit.
//
// One process at a time may own the file (the server holds a lock for that): claims that it finds when it
// opens the file belonged to a process that is gone, and are ready again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "os/clock.h"
#include "server/store/queue.h"

namespace cairn::store {

struct SqliteQueueOptions {
  // An item that failed, or killed its worker, this often is set aside rather than tried again.
  int attempts_max = 5;
  // As well one that was claimed each time when the server died: most of these are not at fault.
  int interruptions_max = 100;
  std::int64_t first_backoff_ms = 1'000;
  std::int64_t backoff_max_ms = 600'000;
  std::int64_t postpone_ms = 10'000;  // Short enough that a disk with room again is noticed soon.
  std::function<std::int64_t()> clock = os::UnixMillis;  // Unix time in milliseconds.
};

class SqliteQueue final : public Queue {
 public:
  static base::Result<std::unique_ptr<SqliteQueue>> Open(const std::string& path,
                                                         SqliteQueueOptions options = {});
  ~SqliteQueue() override;

  base::Result<bool> Push(const QueueItem& item) override;
  base::Status PushAll(std::span<const QueueItem> items) override;
  base::Result<std::vector<ClaimedItem>> Claim(std::string_view kind, std::size_t items_max,
                                               std::int64_t lease_ms) override;
  base::Status Ack(const ClaimedItem& claim) override;
  base::Status AckAll(std::span<const ClaimedItem> claims) override;
  base::Status Nack(const ClaimedItem& claim, std::string_view reason) override;
  base::Status Postpone(const ClaimedItem& claim, std::string_view reason) override;
  base::Status SetAside(const ClaimedItem& claim, std::string_view reason) override;
  base::Status Extend(const ClaimedItem& claim, std::int64_t lease_ms) override;
  base::Status Retry(const QueueItem& item) override;
  base::Result<QueueCounts> Count(std::string_view kind) const override;
  base::Result<std::vector<SetAsideItem>> ListSetAside(std::string_view kind,
                                                       std::size_t items_max) const override;
  base::Result<std::uint64_t> Remove(std::span<const QueueItem> items) override;
  base::Result<std::vector<QueueItem>> FindByEnd(std::string_view kind, std::string_view end) const override;
  base::Result<std::vector<ClaimedItem>> ListClaimed(std::string_view kind) const override;
  base::Status Scrub(std::span<const std::string> texts) override;
  base::Result<std::optional<QueueState>> Find(const QueueItem& item) const override;

 private:
  struct State;
  explicit SqliteQueue(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace cairn::store
