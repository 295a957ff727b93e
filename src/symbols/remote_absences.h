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

namespace cairn::symbols {

enum class AbsenceReason : std::uint8_t {
  kNotThere,     // 404 or 410.
  kRateLimited,  // 429.
  kServerError,  // 5xx and every status that has no row here.
  kNetwork,      // No connection, no answer in time, or one that broke off.
  kBlocked,      // 401, 403, or a redirect or an address that Cairn does not follow.
  kUnreadable,   // It came, and is no symbol file, or is too large.
};

struct Absence {
  AbsenceReason reason = AbsenceReason::kNotThere;
  std::uint16_t status = 0;  // HTTP; zero if there was no answer.
};

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

 private:
  struct Entry {
    std::string server;
    Absence absence;
    std::int64_t expires_unix_ms = 0;
  };

  std::string FilePath(const std::string& key) const;
  std::vector<Entry> ReadEntries(const std::string& key, std::int64_t now_unix_ms) const;

  const std::string folder_;
  std::mutex mutex_;
  std::map<std::string, Entry> memory_;  // GUARDED_BY(mutex_) By server and key; by server alone with key "".
};

}  // namespace cairn::symbols
