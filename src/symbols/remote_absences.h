// RemoteAbsences remembers what servers did not give, and why: in memory, and in a file beside where the
// symbols would be kept.
//
// The reasons are never mixed up. That a server has no such file is believed for a day; that it was busy,
// broken or out of reach says nothing of the file and is believed for seconds, so that the next crash is not
// walked without symbols that are there. A server that is busy or out of reach is not asked for other files
// either meanwhile. Safe for any number of threads; processes share the files.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "symbols/absence_file.h"

namespace cairn::symbols {

// As the rest of Cairn says it: kNotFound for kNotThere alone.
base::Error ErrorOf(const Absence& absence);

// How long a reason is believed. `retry_after_s` is what the server asked for.
std::int64_t BeliefMillis(AbsenceReason reason, std::optional<int> retry_after_s);

class RemoteAbsences {
 public:
  // More files than this of one run are not remembered in memory; a crash has some hundred modules.
  static constexpr std::size_t kMaxEntries = 10'000;

  // `folder` takes KEY.absent for each key; empty: nothing outlives the process.
  explicit RemoteAbsences(std::string folder) : folder_(std::move(folder)) {}

  // What is remembered of `key` on `server`, or of `server` as a whole.
  std::optional<Absence> Find(const std::string& server, const std::string& key, std::int64_t now_unix_ms);
  void Remember(const std::string& server, const std::string& key, const Absence& absence,
                std::optional<int> retry_after_s, std::int64_t now_unix_ms);

  // Whether anything was ever remembered of `key`, as far as its file is still there.
  bool WasRemembered(const std::string& key) const;

 private:
  std::string FilePath(const std::string& key) const;
  std::vector<AbsenceEntry> ReadEntries(const std::string& key, std::int64_t now_unix_ms) const;

  const std::string folder_;
  std::mutex mutex_;
  std::map<std::string, AbsenceEntry>
      memory_;  // GUARDED_BY(mutex_) By server and key; by server alone with key "".
};

}  // namespace cairn::symbols
