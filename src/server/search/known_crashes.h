// KnownCrashes remembers which crashes of a day the index holds, so that a batch that comes again adds
// nothing and costs no search through millions of rows.
//
// Crashes keep the time of their first arrival, so the same crash is always of the same day. A few days are
// kept, those that were asked for last; the ids of another day are read when it is asked for. Not for several
// threads.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <list>

#include "base/result.h"
#include "server/search/crash_row.h"
#include "server/search/uuid.h"

namespace cairn::search {

// Two around midnight, and some for what is processed again. A day of 1.7 million crashes takes 40 MB.
inline constexpr std::size_t kKnownDaysMax = 4;

class KnownCrashes {
 public:
  using Ids = boost::unordered_flat_set<Uuid, UuidHash>;
  // Reads the ids of a day (since 1970-01-01, UTC) from the index.
  using ReadDay = std::function<base::Result<Ids>(CrashKind kind, std::int64_t day)>;

  explicit KnownCrashes(ReadDay read_day) : read_day_(std::move(read_day)) {}

  // The ids of that day, to look in and to add to once their rows are committed. Valid until the next call.
  base::Result<Ids*> Of(CrashKind kind, std::int64_t day);

  // Forgets everything: the files have changed.
  void Clear() { days_.clear(); }

 private:
  struct Day {
    CrashKind kind;
    std::int64_t day;
    Ids ids;
  };

  ReadDay read_day_;
  std::list<Day> days_;  // The one that was asked for last comes first.
};

}  // namespace cairn::search
