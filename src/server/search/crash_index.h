// CrashIndex is the port to search over crashes: rows in, hits and counts out.
//
// What is in the index can be rebuilt from the BlobStore, and adding the same rows again changes nothing, so
// whoever adds rows acknowledges their queue items only after Add returned. All methods may be called from
// many threads at once. A search sees of each crash all or nothing; of a batch that is added while it begins
// it may see a part.
//
// What somebody waits for has a Deadline, in its question or beside it, past which the answer is its Trouble.
// Without one are what changes the index, what is asked in the background (AddressesOf, InputsOf,
// FindExpired, PacksOf), what looks up single crashes (Get, FindByMinidumpHash), and TakeSnapshot, whose copy
// is also for who asks next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/search/activity.h"
#include "server/search/crash_row.h"
#include "server/search/deadline.h"
#include "server/search/query.h"
#include "server/search/retention.h"
#include "server/search/snapshot.h"
#include "server/search/stack_counts.h"
#include "server/search/stored_input.h"

namespace cairn::search {

inline constexpr std::size_t kMaxRowsPerBatch = 10'000;

// A signature by the id of the input that it is for.
using SignatureOf = std::pair<std::int64_t, Signature>;

// A crash that the index knows, for links between crashes and for permission checks.
struct CrashReference {
  CrashKind kind = CrashKind::kReport;
  std::string uuid;
  std::int64_t date_ms = 0;
  std::string signature;
  std::string proto_signature;
  std::string minidump_sha256_hash;
  std::string pack;  // Of a ping: see CrashRow.
};

class CrashIndex {
 public:
  virtual ~CrashIndex() = default;

  // Durable when it returns. Rows whose kind, uuid and day are there already are left as they are, but their
  // names and signatures are taken over: the signature of an input, and the names of a stack, are those that
  // were given last. kBadValue, and nothing added, if a row's uuid is malformed.
  virtual base::Status Add(std::span<const CrashRow> rows) = 0;

  // As Add, but rows take the place of those that have their kind, uuid and week: for crashes that were
  // processed again.
  virtual base::Status Replace(std::span<const CrashRow> rows) = 0;

  // Healing: gives addresses new names. What is not known, and frames without names, is passed over.
  virtual base::Status SetNames(std::span<const StackFrame> frames) = 0;

  // The addresses of a module's build that any stack has, without names, in the order of their places; at
  // most kMaxAddressesPerPage at once.
  virtual base::Result<std::vector<StackFrame>> AddressesOf(const AddressQuestion& question) const = 0;

  // The inputs on whose stacks the module is, by their ids, sorted: those that new names of it may sign
  // otherwise.
  virtual base::Result<std::vector<std::int64_t>> InputsOf(std::string_view debug_id) const = 0;

  // Signing again, merging, and undoing it: gives inputs, by their ids, new signatures. What is not known is
  // passed over.
  virtual base::Status SetSignatures(std::span<const SignatureOf> signatures) = 0;

  // All distinct signature inputs, with what they are called now. The index must outlive the reader.
  virtual base::Result<std::unique_ptr<InputReader>> ReadInputs(const InputQuestion& question) const = 0;

  // Where the crashes are that have this signature, or had it once: the signatures of today of all its
  // inputs, sorted. None if no input that is still known ever had it.
  virtual base::Result<std::vector<std::string>> FollowSignature(std::string_view signature,
                                                                 const Deadline& deadline) const = 0;

  // Some inputs of a signature, and of others those that have its rarest frames. kBadValue if a query cannot
  // be run.
  virtual base::Result<AlikeInputs> FindAlike(const AlikeQuestion& question) const = 0;

  // Adds what pings said of usage and crashes, platforms by stats::PlatformOf. Durable when it returns. What
  // was given before counts no more: within a source, numbers must rise from call to call, or be those of an
  // earlier call.
  virtual base::Status AddActivity(std::span<const stats::NumberedAggregate> sums) = 0;

  // In the order of the groups' keys. kBadValue if a filter or group makes no sense.
  virtual base::Result<std::vector<ActivitySum>> SumActivity(const ActivityQuery& query) const = 0;

  // Crashes that Expire would forget, those behind `after` in the order of ExpiredCrash, at most
  // `crashes_max`: whoever removes what else is kept of them does so before their rows go, so that a kill
  // loses track of none.
  virtual base::Result<std::vector<ExpiredCrash>> FindExpired(const Retention& retention,
                                                              const ExpiredCrash& after,
                                                              std::size_t crashes_max) const = 0;

  // Forgets what retention says, and returns how many crashes went. Searches that run go on with what they
  // began with.
  virtual base::Result<std::uint64_t> Expire(const Retention& retention) = 0;

  // Removes crashes of either kind by their ids, with all that only they had, from every file, so that no
  // byte of them is left; returns how many there were. kTimeout if a search still reads an old file after a
  // while: ask again. kBadValue, and nothing removed, if an id is malformed.
  virtual base::Result<std::uint64_t> Purge(std::span<const std::string> uuids) = 0;

  // Drops what no crash refers to: what batches left that never came to their end, and what expired crashes
  // had. Takes its time; for once a day.
  virtual base::Status Sweep() = 0;

  // kBadValue with a sentence if the query cannot be run (an invalid regular expression, a value of the wrong
  // type).
  virtual base::Result<SearchResult> Search(const Query& query) const = 0;

  // The distinct stacks of the crashes that a query finds, of all their threads or of the crashing ones, at
  // most `stacks_max` and kMaxCountedStacks; columns, sort, hits and facets of the query do not matter, here
  // and below.
  virtual base::Result<StackCounts> CountStacks(const Query& query, ThreadScope scope,
                                                std::size_t stacks_max) const = 0;

  // The modules on the crashing threads' stacks of the crashes that a query finds, the most frequent first,
  // at most kMaxCountedModules.
  virtual base::Result<std::vector<ModuleCount>> CountModules(const Query& query) const = 0;

  // Since when these signatures are known, by crashes of these kinds that are still there: with the first one
  // its date goes, and comes again if it does. In the signatures' order, without those that have no crash.
  virtual base::Result<std::vector<FirstSeen>> FindFirstSeen(std::span<const std::string> signatures,
                                                             std::span<const CrashKind> kinds,
                                                             const Deadline& deadline) const = 0;

  // A copy of what is public. What was purged before is in none.
  virtual base::Result<Snapshot> TakeSnapshot(const SnapshotQuestion& question) const = 0;

  // The packs of which the index has pings of that day (UTC; any moment of it), in no order.
  virtual base::Result<std::vector<std::string>> PacksOf(std::int64_t day_ms) const = 0;

  // By id without "bp-", in either letter case; nothing if it is not (yet) in the index.
  virtual base::Result<std::optional<CrashReference>> Get(std::string_view uuid) const = 0;

  // All crashes, of either kind, that were made from the dump with this hash, oldest first: a report and its
  // ping.
  virtual base::Result<std::vector<CrashReference>> FindByMinidumpHash(std::string_view sha256_hex) const = 0;
};

}  // namespace cairn::search
