// DuckDbActivity is the set of files with sums of usage and crashes: one per week.
//
//   sums    (window_ms, product, version, ..., pings, main_crashes, ..., clients, usage_hours)
//   pings   (uuid, day)      which pings are in the sums, for as long as they may come again
//   clients (token, day)     likewise clients; a token is made for one day and kind of usage, and links
//   nothing
//
// Each batch adds its own rows to the sums, in one transaction with the ids; readers add up. Once a week is
// over for long, its rows are added up for good and the ids go. Unlike everything else in the index, sums
// cannot be made again from blobs: pings that only tell of usage are not kept. Changing is for one thread at
// a time; summing is for any.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/search/activity.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_files.h"
#include "server/search/recent_days.h"
#include "server/search/uuid.h"

namespace cairn::search {

class DuckDbActivity {
 public:
  DuckDbActivity(std::string folder, DuckConnection& writer);

  // Attaches every file of the folder.
  base::Status Open();

  // Ids must be UUIDs.
  base::Status Add(std::span<const Activity> activities);

  // On the reader's own connection.
  base::Result<std::vector<ActivitySum>> Sum(const ActivityQuery& query, DuckConnection& reader) const;

  // Whole weeks that ended before this go.
  base::Status Expire(std::int64_t before_ms);
  // Adds up weeks that ended before this for good, without ids.
  base::Status Settle(std::int64_t before_ms);
  // The ids of these pings go; what they added to the sums stays.
  base::Status ForgetIds(const std::string& comma_separated_uuids);

  base::Result<bool> RemoveRetired() { return files_on_disk_.RemoveRetired(); }

 private:
  // What is counted of a day already.
  struct Counted {
    boost::unordered_flat_set<Uuid, UuidHash> pings;
    boost::unordered_flat_set<std::int64_t> clients;
  };
  using Key = std::pair<std::int64_t, ActivityDimensions>;  // The five minutes.
  using Sums = std::map<Key, ActivityCounts>;
  struct Batch {
    Sums sums;
    std::vector<std::pair<std::int64_t, Uuid>> pings;            // By day.
    std::vector<std::pair<std::int64_t, std::int64_t>> clients;  // By day.
  };

  base::Result<Counted> ReadDay(std::int64_t day);
  base::Status Note(const Activity& activity, Batch& batch);
  base::Status Write(const DuckDbFile& file, const Batch& batch);
  base::Result<DuckDbFileRef> FileFor(std::int64_t week);
  std::map<std::int64_t, DuckDbFileRef> Files() const;
  base::Status PutSuccessor(std::int64_t week, const DuckDbFileRef& old, const std::string& copy_sums,
                            const std::string& ids_kept, const std::vector<Value>& parameters);

  DuckConnection* writer_;
  DuckDbFiles files_on_disk_;
  RecentDays<std::int64_t, Counted> counted_;
  mutable std::mutex mutex_;
  std::map<std::int64_t, DuckDbFileRef> files_;  // By week. GUARDED_BY(mutex_); changed by the writer only.
};

}  // namespace cairn::search
