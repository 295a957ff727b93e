#include "server/store/sqlite_queue.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "server/store/group_commit.h"
#include "server/store/sqlite_database.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kMaxReasonLength = 2000;  // A sentence for people; more is cut.
constexpr Error kClaimLost{Code::kNotFound, 0, "queue claim"};

// ready_ms: when a waiting item may be claimed (0 at once, whatever the clock does), when a claim's lease
// ends, when an item was set aside. AUTOINCREMENT keeps the order of arrival even after the newest item is
// gone.
constexpr const char* kSchema = R"sql(
  CREATE TABLE IF NOT EXISTS items (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    ready_ms INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    interruptions INTEGER NOT NULL DEFAULT 0,
    receipt INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS items_to_do ON items (kind, ready_ms, sequence) WHERE state < 2;
  CREATE INDEX IF NOT EXISTS items_set_aside ON items (kind, sequence) WHERE state = 2;
)sql";

// Files of earlier versions lack the column.
constexpr std::string_view kHasInterruptions =
    "SELECT count(*) FROM pragma_table_info('items') WHERE name = 'interruptions'";
constexpr const char* kAddInterruptions =
    "ALTER TABLE items ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0";
// The claims of a process that is no more. Its end was no attempt of theirs.
constexpr const char* kInterrupt =
    "UPDATE items SET state = 0, ready_ms = 0, attempts = attempts - 1, interruptions = interruptions + 1 "
    "WHERE state = 1";

// The numbers of QueueState in the file.
static_assert(static_cast<int>(QueueState::kWaiting) == 0);
static_assert(static_cast<int>(QueueState::kClaimed) == 1);
static_assert(static_cast<int>(QueueState::kSetAside) == 2);

constexpr std::string_view kPush = "INSERT INTO items (kind, id) VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr std::string_view kGiveUp =
    "UPDATE items SET state = 2, ready_ms = ?1, reason = CASE reason WHEN '' THEN 'every attempt ended "
    "without an "
    "answer' ELSE reason END WHERE kind = ?2 AND state < 2 AND ready_ms <= ?1 AND (attempts >= ?3 OR "
    "interruptions >= ?4)";
constexpr std::string_view kClaim =
    "UPDATE items SET state = 1, ready_ms = ?, attempts = attempts + 1, receipt = ? WHERE sequence IN "
    "(SELECT sequence "
    "FROM items WHERE kind = ? AND state < 2 AND ready_ms <= ? ORDER BY ready_ms, sequence LIMIT ?) "
    "RETURNING sequence, id, attempts";
constexpr std::string_view kAck = "DELETE FROM items WHERE kind = ? AND id = ? AND state = 1 AND receipt = ?";
constexpr std::string_view kRelease =
    "UPDATE items SET state = ?, ready_ms = ?, reason = ?, attempts = attempts - ? WHERE kind = ? AND id = ? "
    "AND state = 1 AND receipt = ?";
constexpr std::string_view kExtend =
    "UPDATE items SET ready_ms = ? WHERE kind = ? AND id = ? AND state = 1 AND receipt = ?";
constexpr std::string_view kRetry =
    "UPDATE items SET state = 0, ready_ms = 0, attempts = 0, interruptions = 0, reason = '' WHERE kind = ? "
    "AND id = ? AND state "
    "= 2";
constexpr std::string_view kCount =
    "SELECT state, ready_ms <= ?, count(*) FROM items WHERE kind = ? GROUP BY 1, 2";
constexpr std::string_view kListSetAside =
    "SELECT id, reason, attempts, ready_ms FROM items WHERE kind = ? AND state = 2 ORDER BY sequence LIMIT ?";
constexpr std::string_view kFind = "SELECT state FROM items WHERE kind = ? AND id = ?";
constexpr std::string_view kRemove =
    "DELETE FROM items WHERE kind = ? AND id = ? AND (state <> 1 OR ready_ms <= ?)";
constexpr std::string_view kFindByEnd =
    "SELECT id FROM items WHERE kind = ?1 AND substr(id, -length(?2)) = ?2";
constexpr std::string_view kListClaimed =
    "SELECT id, receipt, attempts FROM items WHERE kind = ? AND state = 1 AND ready_ms > ?";

bool IsValid(const QueueItem& item) {
  return !item.kind.empty() && item.kind.size() <= kMaxQueueKindLength && !item.id.empty() &&
         item.id.size() <= kMaxQueueIdLength;
}

// How a claim ends whose work is not done.
struct Release {
  ClaimedItem claim;
  QueueState state = QueueState::kWaiting;
  std::int64_t ready_ms = 0;
  std::string reason;
  int attempts_back = 0;  // 1: the attempt does not count.
};

}  // namespace

struct SqliteQueue::State {
  State(SqliteDatabase opened, SqliteQueueOptions chosen)
      : database(std::move(opened)), options(std::move(chosen)), commits(database) {}

  // The backoff after the attempt of that number, which counts from 1.
  std::int64_t Backoff(int attempt) const {
    const int doublings = std::clamp(attempt - 1, 0, 40);
    return std::min(options.backoff_max_ms, options.first_backoff_ms << doublings);
  }

  // Runs one statement that must change exactly one row.
  template <typename BindAll>
  base::Status ChangeOne(std::string_view sql, Error if_none, const BindAll& bind) {
    return commits.Run([&]() -> base::Status {
      ASSIGN_OR_RETURN(SqliteStatement statement, database.Prepare(sql));
      bind(statement);
      RETURN_IF_ERROR(statement.Run());
      return database.changes() == 1 ? base::Status() : base::Status(if_none);
    });
  }

  // Within a commit.
  base::Status Write(const Release& release) {
    ASSIGN_OR_RETURN(SqliteStatement statement, database.Prepare(kRelease));
    statement.Bind(static_cast<std::int64_t>(release.state)).Bind(release.ready_ms);
    statement.Bind(std::string_view(release.reason).substr(0, kMaxReasonLength));
    statement.Bind(std::int64_t{release.attempts_back});
    return statement.Bind(release.claim.item.kind)
        .Bind(release.claim.item.id)
        .Bind(release.claim.receipt)
        .Run();
  }

  base::Status End(Release release) {
    const base::Status written = commits.Run([&]() -> base::Status {
      RETURN_IF_ERROR(Write(release));
      return database.changes() == 1 ? base::Status() : base::Status(kClaimLost);
    });
    if (!written && written.error().code != Code::kNotFound) {
      const std::lock_guard lock(owed_mutex);
      owed.push_back(std::move(release));
    }
    return written;
  }

  std::vector<Release> TakeOwed() {
    const std::lock_guard lock(owed_mutex);
    return std::exchange(owed, {});
  }
  void GiveBackOwed(std::vector<Release> releases) {
    const std::lock_guard lock(owed_mutex);
    std::ranges::move(releases, std::back_inserter(owed));
  }

  SqliteDatabase database;
  SqliteQueueOptions options;
  GroupCommit commits;
  // Ends of claims that the disk did not take: the next claim writes them. At most one for each claim, and
  // while nothing can be written there are no new claims.
  std::mutex owed_mutex;
  std::vector<Release> owed;  // GUARDED_BY(owed_mutex)
  // Receipts need to be unique only within this process: Open ends all older claims. Used inside commits
  // only.
  std::int64_t last_receipt = 0;
};

base::Result<std::unique_ptr<SqliteQueue>> SqliteQueue::Open(const std::string& path,
                                                             SqliteQueueOptions options) {
  ASSIGN_OR_RETURN(SqliteDatabase database, SqliteDatabase::Open(path));
  RETURN_IF_ERROR(database.Execute(kSchema));
  ASSIGN_OR_RETURN(SqliteStatement has_column, database.Prepare(kHasInterruptions));
  RETURN_IF_ERROR(has_column.Step());
  const bool is_older = has_column.Integer(0) == 0;
  RETURN_IF_ERROR(has_column.Step());
  if (is_older) RETURN_IF_ERROR(database.Execute(kAddInterruptions));
  RETURN_IF_ERROR(database.Execute(kInterrupt));
  return std::unique_ptr<SqliteQueue>(
      new SqliteQueue(std::make_unique<State>(std::move(database), std::move(options))));
}

SqliteQueue::SqliteQueue(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteQueue::~SqliteQueue() = default;

base::Result<bool> SqliteQueue::Push(const QueueItem& item) {
  if (!IsValid(item)) return Error{Code::kBadValue, 0, "queue item"};
  bool is_new = false;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement push, state_->database.Prepare(kPush));
    RETURN_IF_ERROR(push.Bind(item.kind).Bind(item.id).Run());
    is_new = state_->database.changes() == 1;
    return {};
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return is_new;
}

base::Status SqliteQueue::PushAll(std::span<const QueueItem> items) {
  if (!std::ranges::all_of(items, IsValid)) return Error{Code::kBadValue, 0, "queue item"};
  return state_->commits.Run([&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement push, state_->database.Prepare(kPush));
    for (const QueueItem& item : items) RETURN_IF_ERROR(push.Bind(item.kind).Bind(item.id).Run());
    return {};
  });
}

base::Result<std::vector<ClaimedItem>> SqliteQueue::Claim(std::string_view kind, std::size_t items_max,
                                                          std::int64_t lease_ms) {
  std::vector<std::pair<std::int64_t, ClaimedItem>> claims;  // By sequence: RETURNING has no order.
  std::vector<Release> owed = state_->TakeOwed();
  const auto work = [&]() -> base::Status {
    const std::int64_t now_ms = state_->options.clock();
    // One whose lease has ended meanwhile changes nothing.
    for (const Release& release : owed) RETURN_IF_ERROR(state_->Write(release));
    ASSIGN_OR_RETURN(SqliteStatement give_up, state_->database.Prepare(kGiveUp));
    give_up.Bind(now_ms).Bind(kind).Bind(std::int64_t{state_->options.attempts_max});
    RETURN_IF_ERROR(give_up.Bind(std::int64_t{state_->options.interruptions_max}).Run());
    ASSIGN_OR_RETURN(SqliteStatement claim, state_->database.Prepare(kClaim));
    const std::int64_t receipt = ++state_->last_receipt;
    claim.Bind(now_ms + lease_ms)
        .Bind(receipt)
        .Bind(kind)
        .Bind(now_ms)
        .Bind(static_cast<std::int64_t>(items_max));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, claim.Step());
      if (!row) return {};
      claims.emplace_back(
          claim.Integer(0),
          ClaimedItem{{std::string(kind), claim.Text(1)}, receipt, static_cast<int>(claim.Integer(2))});
    }
  };
  if (const base::Status done = state_->commits.Run(work); !done) {
    state_->GiveBackOwed(std::move(owed));
    return done.error();
  }
  std::ranges::sort(claims, {}, [](const auto& claim) { return claim.first; });
  std::vector<ClaimedItem> items;
  items.reserve(claims.size());
  for (auto& [sequence, claim] : claims) items.push_back(std::move(claim));
  return items;
}

base::Status SqliteQueue::Ack(const ClaimedItem& claim) {
  return state_->ChangeOne(kAck, kClaimLost, [&](SqliteStatement& statement) {
    statement.Bind(claim.item.kind).Bind(claim.item.id).Bind(claim.receipt);
  });
}

base::Status SqliteQueue::AckAll(std::span<const ClaimedItem> claims) {
  return state_->commits.Run([&]() -> base::Status {
    for (const ClaimedItem& claim : claims) {
      ASSIGN_OR_RETURN(SqliteStatement ack, state_->database.Prepare(kAck));
      RETURN_IF_ERROR(ack.Bind(claim.item.kind).Bind(claim.item.id).Bind(claim.receipt).Run());
    }
    return {};
  });
}

base::Status SqliteQueue::Nack(const ClaimedItem& claim, std::string_view reason) {
  if (claim.attempts >= state_->options.attempts_max) return SetAside(claim, reason);
  return state_->End({.claim = claim,
                      .ready_ms = state_->options.clock() + state_->Backoff(claim.attempts),
                      .reason = std::string(reason)});
}

base::Status SqliteQueue::Postpone(const ClaimedItem& claim, std::string_view reason) {
  return state_->End({.claim = claim,
                      .ready_ms = state_->options.clock() + state_->options.postpone_ms,
                      .reason = std::string(reason),
                      .attempts_back = 1});
}

base::Status SqliteQueue::SetAside(const ClaimedItem& claim, std::string_view reason) {
  return state_->End({.claim = claim,
                      .state = QueueState::kSetAside,
                      .ready_ms = state_->options.clock(),
                      .reason = std::string(reason)});
}

base::Status SqliteQueue::Extend(const ClaimedItem& claim, std::int64_t lease_ms) {
  return state_->ChangeOne(kExtend, kClaimLost, [&](SqliteStatement& statement) {
    statement.Bind(state_->options.clock() + lease_ms)
        .Bind(claim.item.kind)
        .Bind(claim.item.id)
        .Bind(claim.receipt);
  });
}

base::Status SqliteQueue::Retry(const QueueItem& item) {
  return state_->ChangeOne(kRetry, Error{Code::kNotFound, 0, "item that was set aside"},
                           [&](SqliteStatement& statement) { statement.Bind(item.kind).Bind(item.id); });
}

base::Result<QueueCounts> SqliteQueue::Count(std::string_view kind) const {
  QueueCounts counts;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement count, state_->database.Prepare(kCount));
    count.Bind(state_->options.clock()).Bind(kind);
    while (true) {
      ASSIGN_OR_RETURN(const bool row, count.Step());
      if (!row) return {};
      const auto items = static_cast<std::uint64_t>(count.Integer(2));
      const bool due = count.Integer(1) != 0;
      switch (static_cast<QueueState>(count.Integer(0))) {
        case QueueState::kWaiting: (due ? counts.ready : counts.delayed) += items; break;
        case QueueState::kClaimed: (due ? counts.ready : counts.claimed) += items; break;
        case QueueState::kSetAside: counts.set_aside += items; break;
      }
    }
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return counts;
}

base::Result<std::vector<SetAsideItem>> SqliteQueue::ListSetAside(std::string_view kind,
                                                                  std::size_t items_max) const {
  std::vector<SetAsideItem> items;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement list, state_->database.Prepare(kListSetAside));
    list.Bind(kind).Bind(static_cast<std::int64_t>(items_max));
    while (true) {
      ASSIGN_OR_RETURN(const bool row, list.Step());
      if (!row) return {};
      items.push_back({{std::string(kind), list.Text(0)},
                       list.Text(1),
                       static_cast<int>(list.Integer(2)),
                       list.Integer(3)});
    }
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return items;
}

base::Result<std::uint64_t> SqliteQueue::Remove(std::span<const QueueItem> items) {
  std::int64_t removed = 0;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement remove, state_->database.Prepare(kRemove));
    const std::int64_t now_ms = state_->options.clock();
    for (const QueueItem& item : items) {
      RETURN_IF_ERROR(remove.Bind(item.kind).Bind(item.id).Bind(now_ms).Run());
      removed += state_->database.changes();
    }
    return {};
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return static_cast<std::uint64_t>(removed);
}

base::Result<std::vector<QueueItem>> SqliteQueue::FindByEnd(std::string_view kind,
                                                            std::string_view end) const {
  std::vector<QueueItem> items;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement find, state_->database.Prepare(kFindByEnd));
    find.Bind(kind).Bind(end);
    while (true) {
      ASSIGN_OR_RETURN(const bool row, find.Step());
      if (!row) return {};
      items.push_back({std::string(kind), find.Text(0)});
    }
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return items;
}

base::Result<std::vector<ClaimedItem>> SqliteQueue::ListClaimed(std::string_view kind) const {
  std::vector<ClaimedItem> claims;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement list, state_->database.Prepare(kListClaimed));
    list.Bind(kind).Bind(state_->options.clock());
    while (true) {
      ASSIGN_OR_RETURN(const bool row, list.Step());
      if (!row) return {};
      claims.push_back(
          {{std::string(kind), list.Text(0)}, list.Integer(1), static_cast<int>(list.Integer(2))});
    }
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return claims;
}

base::Status SqliteQueue::Scrub(std::span<const std::string> texts) {
  return state_->commits.RunAlone([&] { return state_->database.Scrub(texts); });
}

base::Result<std::optional<QueueState>> SqliteQueue::Find(const QueueItem& item) const {
  std::optional<QueueState> state;
  const auto work = [&]() -> base::Status {
    ASSIGN_OR_RETURN(SqliteStatement find, state_->database.Prepare(kFind));
    ASSIGN_OR_RETURN(const bool row, find.Bind(item.kind).Bind(item.id).Step());
    if (row) state = static_cast<QueueState>(find.Integer(0));
    return {};
  };
  RETURN_IF_ERROR(state_->commits.Run(work));
  return state;
}

}  // namespace cairn::store
