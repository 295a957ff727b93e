// Queue is the port to work that must not be forgotten: crash ids to process, pings to fold in.
//
// A push that returned is durable. Work is handed out under a lease: it is acknowledged only after its result
// is saved, and comes back when the lease ends without that. So work may be done twice, and doing it twice
// must change nothing. Work that fails again and again is set aside with its reason, never dropped. All
// methods may be called from many threads at once; concurrent calls share one commit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

// What is to be done, by kind ("report", "ping"): small, the body lies in the BlobStore. At most one of a
// (kind, id) is in the queue at any time, whatever its state.
struct QueueItem {
  std::string kind;
  std::string id;

  friend auto operator<=>(const QueueItem&, const QueueItem&) = default;
};

inline constexpr std::size_t kMaxQueueKindLength = 64;
inline constexpr std::size_t kMaxQueueIdLength = 512;  // As long as a blob key, which an id may be.

// An item under lease.
struct ClaimedItem {
  QueueItem item;
  std::int64_t receipt =
      0;             // Names this claim: an older claim of the same item cannot acknowledge a newer one.
  int attempts = 0;  // This one included.
};

struct SetAsideItem {
  QueueItem item;
  std::string reason;
  int attempts = 0;
  std::int64_t set_aside_ms = 0;  // Unix time.
};

struct QueueCounts {
  std::uint64_t ready = 0;    // Could be claimed now.
  std::uint64_t delayed = 0;  // Waits for its back-off.
  std::uint64_t claimed = 0;  // Under lease.
  std::uint64_t set_aside = 0;
};

enum class QueueState : std::uint8_t { kWaiting, kClaimed, kSetAside };

class Queue {
 public:
  virtual ~Queue() = default;

  // True if it is new; false if it was there already, in which case nothing changes.
  virtual base::Result<bool> Push(const QueueItem& item) = 0;

  // All of them in one commit where the queue can; what was there already stays as it is.
  virtual base::Status PushAll(std::span<const QueueItem> items) {
    for (const QueueItem& item : items) RETURN_IF_ERROR(Push(item));
    return {};
  }

  // Up to `items_max` ready items, oldest first, leased for `lease_ms`. Empty when there are none; does not
  // wait.
  virtual base::Result<std::vector<ClaimedItem>> Claim(std::string_view kind, std::size_t items_max,
                                                       std::int64_t lease_ms) = 0;

  // The work is done and saved: forget it. kNotFound if the claim is no longer held, and likewise below.
  virtual base::Status Ack(const ClaimedItem& claim) = 0;

  // Acknowledges all of them; claims that are no longer held are passed over. Stores that can make one commit
  // of it do.
  virtual base::Status AckAll(std::span<const ClaimedItem> claims) {
    for (const ClaimedItem& claim : claims) {
      const base::Status done = Ack(claim);
      if (!done && done.error().code != base::Code::kNotFound) return done;
    }
    return {};
  }

  // What the next three say is not lost when it cannot be written because the disk fails: they return the
  // error, and a later claim, of any kind, writes it. A lease need not end before the work comes back.

  // The work failed for a reason that may pass: it comes back after a back-off that doubles with each
  // attempt, or is set aside with `reason` once it had as many attempts as the queue allows.
  virtual base::Status Nack(const ClaimedItem& claim, std::string_view reason) = 0;

  // This machine was at fault (a full disk), not the work: it comes back after a while, as often as it takes,
  // and the attempt does not count.
  virtual base::Status Postpone(const ClaimedItem& claim, std::string_view reason) = 0;

  // The work cannot be done: keep it, with `reason`, out of the way.
  virtual base::Status SetAside(const ClaimedItem& claim, std::string_view reason) = 0;

  // The work takes longer: the lease now ends `lease_ms` from now.
  virtual base::Status Extend(const ClaimedItem& claim, std::int64_t lease_ms) = 0;

  // Makes an item that was set aside ready again, with no attempts. kNotFound if it is not set aside.
  virtual base::Status Retry(const QueueItem& item) = 0;

  virtual base::Result<QueueCounts> Count(std::string_view kind) const = 0;
  virtual base::Result<std::vector<SetAsideItem>> ListSetAside(std::string_view kind,
                                                               std::size_t items_max) const = 0;

  // Forgets items, whatever their state; how many there were. Those that somebody works at stay.
  virtual base::Result<std::uint64_t> Remove(std::span<const QueueItem> items) = 0;

  // Items whose ids end so, in any state.
  virtual base::Result<std::vector<QueueItem>> FindByEnd(std::string_view kind,
                                                         std::string_view end) const = 0;

  // What is worked at now.
  virtual base::Result<std::vector<ClaimedItem>> ListClaimed(std::string_view kind) const = 0;

  // No byte of these texts, which items had that are gone, is left in what the queue keeps when it returns.
  // Takes its time.
  virtual base::Status Scrub(std::span<const std::string> texts) = 0;

  // Where an item stands; nothing if it is not in the queue (never pushed, or done).
  virtual base::Result<std::optional<QueueState>> Find(const QueueItem& item) const = 0;
};

}  // namespace cairn::store
