// MissingSymbols counts, by day, the modules whose symbols were wanted and not there: by crashes, by requests
// for names, by downloads.
//
// One SQLite file of its own, made anew if it is lost. It lies neither in the index, which is rebuilt from
// crashes and knows nothing of requests, nor in the directory, whose rows people wrote. What is noted is
// gathered in memory and written every two seconds, so that no crash waits for this file's disk; a kill loses
// the last two seconds of counts. Any number of threads may call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "os/clock.h"
#include "server/missing_symbols/distinct_count.h"
#include "server/store/sqlite_database.h"

namespace cairn::missing_symbols {

// Rows on disk: modules times days. Of more, those that the fewest crashes wait for go first.
inline constexpr std::size_t kMaxRows = 50'000;
// Between two writes; more are not counted.
inline constexpr std::size_t kMaxPending = 10'000;
inline constexpr std::int64_t kKeptDays = 90;
inline constexpr std::int64_t kWriteEveryMs = 2'000;

// Base names and ids; what is not known is empty. Anybody may make them up.
struct MissingModule {
  std::string debug_file;
  std::string debug_id;
  std::string code_file;
  std::string code_id;
  friend auto operator<=>(const MissingModule&, const MissingModule&) = default;
};

// A module over all days that were asked for.
struct MissingRow {
  MissingModule module;
  std::string first_day;  // "20261122".
  std::string last_day;
  std::uint64_t crashes = 0;  // That wait for it; exact up to DistinctCount::kMaxHashes, as are clients.
  std::uint64_t clients = 0;  // Whose pings did.
  std::uint64_t symbolications = 0;
  std::uint64_t downloads = 0;
};

// What is empty does not restrict. Days are like "20261122", both included.
struct MissingFilter {
  std::string file;  // A part of the debug file's or the code file's name, letter case aside.
  std::string first_day;
  std::string last_day;
};

enum class WantedBy : std::uint8_t { kSymbolication, kDownload };

struct MissingSymbolsOptions {
  std::function<std::int64_t()> clock = os::UnixMillis;
  std::int64_t write_every_ms = kWriteEveryMs;
};

class MissingSymbols {
 public:
  static base::Result<std::unique_ptr<MissingSymbols>> Open(const std::string& path,
                                                            MissingSymbolsOptions options = {});
  // Writes what is not written yet.
  ~MissingSymbols();
  MissingSymbols(const MissingSymbols&) = delete;
  MissingSymbols& operator=(const MissingSymbols&) = delete;

  // A module without a file's name or without any id is not counted, nor is one whose names no file has.
  // `client` stands for the installation; zero: not known.
  void NoteCrash(const MissingModule& module, std::string_view crash_id, std::int64_t client);
  void NoteRequest(const MissingModule& module, WantedBy by);

  // Those that most crashes wait for first, then by clients and requests. `is_there` says of a debug file and
  // id that there are symbols by now: such modules are forgotten. It is asked of the first `checked_max`,
  // which takes a look into a store each.
  using IsThere = std::function<bool(const std::string& debug_file, const std::string& debug_id)>;
  base::Result<std::vector<MissingRow>> List(const MissingFilter& filter, const IsThere& is_there,
                                             std::size_t checked_max = kMaxRows);

  // These crashes never were: modules that nothing else asked for are forgotten, names and all.
  base::Status Purge(std::span<const std::string> crash_ids);

  // Writes what was noted, and drops what is too old or too much.
  base::Status Write();

  // What was noted while there was no room for it.
  std::uint64_t dropped() const;

 private:
  struct Counts {
    DistinctCount crashes;
    DistinctCount clients;
    std::uint64_t symbolications = 0;
    std::uint64_t downloads = 0;

    void Add(const Counts& other);
  };
  struct Key {
    std::int64_t day = 0;  // 20261122.
    MissingModule module;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  MissingSymbols(store::SqliteDatabase database, MissingSymbolsOptions options);
  // Where to count the module today; null if it can not be counted. With mutex_ held.
  Counts* CountsOf(const MissingModule& module);
  base::Status WriteRow(const Key& key, const Counts& counts);
  base::Status WriteRows(const std::map<Key, Counts>& pending);
  static std::pair<Key, Counts> ReadRow(const store::SqliteStatement& row);
  base::Result<std::vector<MissingRow>> SumRows(const MissingFilter& filter) const;
  base::Status Trim();
  base::Status Forget(const std::string& debug_file, const std::string& debug_id);
  void Run();

  const MissingSymbolsOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, Counts> pending_;   // GUARDED_BY(mutex_)
  std::uint64_t dropped_ = 0;       // GUARDED_BY(mutex_)
  bool stopping_ = false;           // GUARDED_BY(mutex_)
  std::mutex database_mutex_;       // Taken before mutex_, where both are.
  store::SqliteDatabase database_;  // GUARDED_BY(database_mutex_)
  std::thread thread_;              // Last: it uses all of the above.
};

}  // namespace cairn::missing_symbols
