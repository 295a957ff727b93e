// DuckDbActivity is the set of files with sums of usage and crashes: one per week.
//
//   sums   (window_ms, product, version, ..., pings, main_crashes, ..., usage_seconds)
//   taken  (source, number)   up to which number sums of a source are in `sums`
//
// What is given adds rows to `sums`, in one transaction with the numbers; readers add up. Once five minutes
// are over, their rows are added up for good. Unlike everything else in the index, sums cannot be made again
// from blobs: pings that only tell of usage are not kept. Changing is for one thread at a time; summing is
// for any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "analysis/stats/error_aggregates.h"
#include "base/result.h"
#include "server/search/activity.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_files.h"

namespace cairn::search {

class DuckDbActivity {
 public:
  DuckDbActivity(std::string folder, DuckConnection& writer);

  // Attaches every file of the folder.
  base::Status Open();

  // See CrashIndex::AddActivity.
  base::Status Add(std::span<const stats::NumberedAggregate> sums);

  // On the reader's own connection.
  base::Result<std::vector<ActivitySum>> Sum(const ActivityQuery& query, DuckConnection& reader) const;

  // Whole weeks that ended before this go.
  base::Status Expire(std::int64_t before_ms);

  base::Result<bool> RemoveRetired() { return files_on_disk_.RemoveRetired(); }

 private:
  using Sums = std::vector<const stats::NumberedAggregate*>;

  base::Result<DuckDbFileRef> FileFor(std::int64_t week);
  base::Status AddToWeek(std::int64_t week, const Sums& sums);
  base::Status AddUp(const DuckDbFile& file, std::int64_t from_ms, std::int64_t to_ms);
  std::map<std::int64_t, DuckDbFileRef> Files() const;

  DuckConnection* writer_;
  DuckDbFiles files_on_disk_;
  std::map<std::int64_t, std::int64_t> last_window_ms_;  // By week: the last five minutes that have rows.
  mutable std::mutex mutex_;
  std::map<std::int64_t, DuckDbFileRef> files_;  // By week. GUARDED_BY(mutex_); changed by the writer only.
};

}  // namespace cairn::search
