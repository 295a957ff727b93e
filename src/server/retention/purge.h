// A purge removes every trace of crashes by their ids: objects, rows of the index with all that only they
// had, items of the queue, what the edge remembers of pings, and their ids in the audit.
//
// No byte of them is left in any file when it returns. What is to be purged is noted among the blobs before
// anything is removed and until nothing is left, so that a purge that is killed is finished by the next one
// or at the server's next start. In the audit, "purged " and a hash take the place of an id: whoever still
// knows the id can tell by it what was done and seen, and nobody else.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "os/clock.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/search/crash_index.h"
#include "server/store/audit_log.h"
#include "server/store/blob_store.h"
#include "server/store/directory.h"
#include "server/store/queue.h"

namespace cairn::retention {

inline constexpr std::size_t kMaxPurgedAtOnce = 10'000;
// For pings that were answered to be read from the spool; usually a second.
inline constexpr std::int64_t kSpoolPatienceMs = 60'000;

// What is worked on. All borrowed.
struct PurgeParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  store::Directory& directory;
  search::CrashIndex& index;
  pings::Ledger& ledger;
  pings::Spool& spool;
  std::mutex& packs;                 // Held by whoever writes packs of pings anew.
  store::AuditLog* audit = nullptr;  // Null: none is running.
  // Takes these crashes out of the counts of missing symbols. Empty: nobody counts them.
  std::function<base::Status(std::span<const std::string> ids)> forget_missing = {};
  // Removes the names of modules that no other symbol server has from what is remembered of these servers.
  std::function<base::Status()> forget_absent_symbols = {};
  // Has what is in the spool read. Empty: nobody reads it, and it holds still.
  std::function<void()> fold_in;
  std::function<std::int64_t()> clock = os::UnixMillis;
};

struct PurgeOrder {
  std::vector<std::string> ids;    // In lower case and without "bp-".
  bool with_counterparts = false;  // Also the pings and reports that were made from the same dumps.
  std::string who;                 // For the audit.
};

// What there was of one crash.
struct PurgedCrash {
  std::string id;
  std::optional<search::CrashKind> kind;  // Nothing: the index did not know it.
  std::uint64_t objects = 0;              // Of the BlobStore; pings in packs are not counted.
  std::uint64_t rows = 0;
  std::uint64_t queue_items = 0;
  std::uint64_t edge_entries = 0;  // Of pings, the refused ones among them.
  bool was_begun = false;          // A purge of it was killed: it has been finished.

  bool was_known() const { return objects + rows + queue_items + edge_entries > 0 || was_begun; }
};

// In the order of the ids, then the counterparts. kTimeout, with a sentence, if something is under way that
// must end first, and likewise kRefused: what was removed by then stays removed, and asking again goes on.
// kLimitExceeded for too many ids. One at a time.
base::Result<std::vector<PurgedCrash>> Purge(const PurgeParts& parts, const PurgeOrder& order);

// Finishes what a kill interrupted, if there is any; how many crashes that were. Before anything else works
// on the stores.
base::Result<std::size_t> FinishPurge(const PurgeParts& parts);

// What stands in the audit in place of a purged crash's id.
std::string StandInFor(std::string_view id);

}  // namespace cairn::retention
