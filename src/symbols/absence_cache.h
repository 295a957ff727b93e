// AbsenceCache remembers for a while what could not be found or read, with the reason.
//
// How long depends on the reason: what is not there may be uploaded any moment, what is malformed stays so
// until it is replaced, and then it has another key. Safe for any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"

namespace cairn::symbols {

// How long an error of this kind is believed, in milliseconds; 0 for errors that may pass at once.
std::int64_t AbsenceMillis(base::Code code);

class AbsenceCache {
 public:
  // A crash has some hundred modules without symbols; this many are some dozen kinds of crash.
  static constexpr std::size_t kMaxEntries = 10'000;

  // What is remembered of `key` at the time `now_ms` of a clock that only goes forward.
  std::optional<base::Error> Find(const std::string& key, std::int64_t now_ms) const;
  void Remember(const std::string& key, const base::Error& error, std::int64_t now_ms);

 private:
  struct Entry {
    base::Error error;
    std::int64_t expires_ms = 0;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // GUARDED_BY(mutex_)
};

}  // namespace cairn::symbols
