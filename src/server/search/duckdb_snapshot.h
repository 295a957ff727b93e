// DuckDbSnapshots makes the copies of the index that SQL of users is run on (snapshot.h), and keeps the last
// one of each kind. Any thread may call.
//
// The copy is made in a file of the index's folder, which is unlinked as soon as it is whole: nothing is left
// of it when the last descriptor is closed, and what a kill leaves goes at the next start.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_crashes.h"
#include "server/search/snapshot.h"

namespace cairn::search {

class DuckDbSnapshots {
 public:
  explicit DuckDbSnapshots(std::string folder) : folder_(std::move(folder)) {}

  // Makes the folder, and removes what is in it.
  base::Status Open();

  // What a copy is made from, read once it is sure that one is made: files that may hold crashes of the
  // question, and the dictionary, which must be no older.
  struct Source {
    std::vector<DuckDbCrashes::File> files;
    DuckDbFileRef dictionary;
  };
  using ReadSource = std::function<Source()>;
  base::Result<Snapshot> Take(const SnapshotQuestion& question, DuckConnection& connection,
                              const ReadSource& read_source);

  // No later Take gives what was read before this was called. Waits for a copy in the making.
  void Forget();

 private:
  base::Result<os::FileDescriptor> Make(const SnapshotQuestion& question, DuckConnection& connection,
                                        const Source& source) const;

  struct Kept {
    Snapshot snapshot;
    std::int64_t from_ms = 0;
  };
  std::string folder_;
  std::mutex mutex_;
  std::map<CrashKind, Kept> kept_;  // GUARDED_BY(mutex_), and held while a copy is made.
};

}  // namespace cairn::search
