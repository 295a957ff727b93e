#include "server/search/known_crashes.h"

#include <algorithm>
#include <utility>

namespace cairn::search {

base::Result<KnownCrashes::Ids*> KnownCrashes::Of(CrashKind kind, std::int64_t day) {
  const auto found =
      std::ranges::find_if(days_, [&](const Day& known) { return known.kind == kind && known.day == day; });
  if (found != days_.end()) {
    days_.splice(days_.begin(), days_, found);
    return &days_.front().ids;
  }
  ASSIGN_OR_RETURN(Ids ids, read_day_(kind, day));
  if (days_.size() == kKnownDaysMax) days_.pop_back();
  days_.push_front({kind, day, std::move(ids)});
  return &days_.front().ids;
}

}  // namespace cairn::search
