// DuckDbCrashes is the set of files that hold the crash rows: one per week and kind. Whole-file expiry is
// then an unlink, and a damaged file costs one week of one kind.
//
//   crashes (uuid, date_ms, client_date_ms, input_number, stack_number, thread_stack_numbers, product,
//            version, ..., rule, client, weight, a_<annotation>...)
//
// A row names its signature input and its stacks by the dictionary's numbers and never holds a signature.
// Changing is for one thread at a time; reading the list of files is for any.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/search/crash_row.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_dictionary.h"
#include "server/search/duckdb_files.h"
#include "server/search/query.h"
#include "server/search/recent_days.h"
#include "server/search/uuid.h"

namespace cairn::search {

class DuckDbCrashes {
 public:
  // An attached file, held for as long as this is.
  struct File {
    CrashKind kind = CrashKind::kReport;
    std::int64_t week = 0;
    DuckDbFileRef file;
    bool has_threads = true;  // Whether some of its rows have stacks of other threads.
    // Goes up after each change of its rows: what is read later is of this state or a newer one.
    std::uint64_t changes = 0;
  };

  DuckDbCrashes(std::string folder, DuckConnection& writer);

  // Attaches every file of the folder and brings it to this version.
  base::Status Open(const DuckDbDictionary& dictionary);

  // Adds the rows whose id is not there yet on their day, one transaction per file. The dictionary has what
  // they refer to.
  base::Status Add(std::span<const CrashRow> rows, const DuckDbDictionary& dictionary);

  // As Add, but what is there of these ids in their weeks goes.
  base::Status Replace(std::span<const CrashRow> rows, const DuckDbDictionary& dictionary);

  // The files that may hold crashes of these kinds in the window.
  std::vector<File> Overlapping(std::span<const CrashKind> kinds, const DateWindow& window) const;
  std::vector<File> All() const;

  // The file goes, once nobody reads it any more.
  base::Status Remove(const File& file);

  // Rows, by a condition in SQL over the table's columns whose question marks are the parameters.
  struct Rows {
    std::string condition;
    std::vector<Value> parameters;
  };
  // How many of the file's rows these are, and how many it has.
  struct Share {
    std::int64_t rows = 0;
    std::int64_t all = 0;
  };
  base::Result<Share> Count(const File& file, const Rows& rows);

  // A copy without these rows takes the file's place.
  base::Status RemoveRows(const File& file, const Rows& rows);

  // Unlinks what was removed or replaced and that nobody reads. False: something is still read.
  base::Result<bool> RemoveRetired() { return files_on_disk_.RemoveRetired(); }

 private:
  using Key = std::pair<CrashKind, std::int64_t>;  // The week.
  using KindAndDay = std::pair<CrashKind, std::int64_t>;
  using Ids = boost::unordered_flat_set<Uuid, UuidHash>;

  base::Result<DuckDbFileRef> FileFor(const Key& key);
  base::Result<Ids> ReadDay(const KindAndDay& day);
  base::Result<std::vector<const CrashRow*>> NewOf(std::span<const CrashRow> rows);
  base::Status AppendRows(const DuckDbFile& file, std::span<const CrashRow* const> rows,
                          const DuckDbDictionary& dictionary);
  struct Attached {
    DuckDbFileRef file;
    bool has_threads = false;
    std::uint64_t changes = 0;
  };
  void Put(const Key& key, Attached file);
  void NoteThreads(const Key& key, std::span<const CrashRow* const> rows);
  base::Status Change(const Key& key, const std::function<base::Status()>& work);

  DuckConnection* writer_;
  DuckDbFiles files_on_disk_;
  RecentDays<KindAndDay, Ids> known_;
  mutable std::shared_mutex mutex_;
  std::map<Key, Attached> files_;  // GUARDED_BY(mutex_); changed by the writer only.
};

}  // namespace cairn::search
