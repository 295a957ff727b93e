// DuckDbIndex is the embedded CrashIndex: DuckDB in this process, files in one folder.
//
//   dictionary.duckdb                                what crashes share (duckdb_dictionary.h)
//   weeks/report-2026-11-16.duckdb, weeks/ping-...   crash rows (duckdb_crashes.h)
//   activity/activity-2026-11-16.duckdb              sums of usage and crashes (duckdb_activity.h)
//   snapshots/                                       copies in the making (duckdb_snapshot.h)
//
// All are attached to a database in memory, which itself holds nothing. A transaction of DuckDB can write to
// one attached file only, so a batch commits to the dictionary first and to the weekly files second. A kill
// between the two leaves orphans in the dictionary, and the batch is added again by whoever did not get an
// answer. One process at a time may own the folder; DuckDB's own lock refuses a second.
#pragma once

#include <memory>
#include <string>

#include "server/search/crash_index.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"

namespace cairn::search {

struct DuckDbIndexOptions {
  DuckSettings settings;
  EngineMessageSink messages;  // Gets the engine's own words about failures. Called on any thread.
};

class DuckDbIndex final : public CrashIndex {
 public:
  // Removes from a folder that nobody has open all that can be made again from blobs: everything but the sums
  // of activity.
  static base::Status RemoveDerived(const std::string& folder);

  // Makes the folder and the files that are not there.
  static base::Result<std::unique_ptr<DuckDbIndex>> Open(const std::string& folder,
                                                         DuckDbIndexOptions options = {});
  ~DuckDbIndex() override;

  base::Status Add(std::span<const CrashRow> rows) override;
  base::Status Replace(std::span<const CrashRow> rows) override;
  base::Status SetNames(std::span<const StackFrame> frames) override;
  base::Result<std::vector<StackFrame>> AddressesOf(const AddressQuestion& question) const override;
  base::Result<std::vector<std::int64_t>> InputsOf(std::string_view debug_id) const override;
  base::Status SetSignatures(std::span<const SignatureOf> signatures) override;
  base::Result<std::unique_ptr<InputReader>> ReadInputs(const InputQuestion& question) const override;
  base::Result<std::vector<std::string>> FollowSignature(std::string_view signature,
                                                         const Deadline& deadline) const override;
  base::Result<AlikeInputs> FindAlike(const AlikeQuestion& question) const override;
  base::Status AddActivity(std::span<const stats::NumberedAggregate> sums) override;
  base::Result<std::vector<ActivitySum>> SumActivity(const ActivityQuery& query) const override;
  base::Result<std::vector<ExpiredCrash>> FindExpired(const Retention& retention, const ExpiredCrash& after,
                                                      std::size_t crashes_max) const override;
  base::Result<std::uint64_t> Expire(const Retention& retention) override;
  base::Result<std::uint64_t> Purge(std::span<const std::string> uuids) override;
  base::Status Sweep() override;
  base::Result<SearchResult> Search(const Query& query) const override;
  base::Result<StackCounts> CountStacks(const Query& query, ThreadScope scope,
                                        std::size_t stacks_max) const override;
  base::Result<std::vector<ModuleCount>> CountModules(const Query& query) const override;
  base::Result<std::vector<FirstSeen>> FindFirstSeen(std::span<const std::string> signatures,
                                                     std::span<const CrashKind> kinds,
                                                     const Deadline& deadline) const override;
  base::Result<Snapshot> TakeSnapshot(const SnapshotQuestion& question) const override;
  base::Result<std::vector<std::string>> PacksOf(std::int64_t day_ms) const override;
  base::Result<std::optional<CrashReference>> Get(std::string_view uuid) const override;
  base::Result<std::vector<CrashReference>> FindByMinidumpHash(std::string_view sha256_hex) const override;

 private:
  template <typename T, typename Read>
  base::Result<T> WithSelection(const Query& query, const Read& read) const;
  struct State;
  explicit DuckDbIndex(std::unique_ptr<State> state);

  base::Status SweepLocked();
  base::Result<std::vector<CrashReference>> Find(std::span<const DuckDbCrashes::File> files,
                                                 const std::string& condition, const Value& parameter) const;

  std::unique_ptr<State> state_;
};

}  // namespace cairn::search
