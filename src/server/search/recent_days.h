// RecentDays keeps in memory what the index holds of a few days, so that a batch that comes again adds
// nothing and costs no search through millions of rows.
//
// What arrives keeps the time of its first arrival, so the same thing is always of the same day. The days
// that were asked for last are kept; another one is read when it is asked for. Not for several threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <list>
#include <utility>

#include "base/result.h"

namespace cairn::search {

// Two around midnight, and some for what is processed again. A day of 1.7 million crashes takes 40 MB.
inline constexpr std::size_t kRecentDaysMax = 4;

// `Key` names a day, perhaps with a kind; `Content` is what is known of it.
template <typename Key, typename Content>
class RecentDays {
 public:
  using ReadDay = std::function<base::Result<Content>(const Key&)>;

  explicit RecentDays(ReadDay read_day) : read_day_(std::move(read_day)) {}

  // What the index holds of that day, to look in and to add to. Valid until the next call.
  base::Result<Content*> Of(const Key& key) {
    const auto found = std::ranges::find(days_, key, &std::pair<Key, Content>::first);
    if (found != days_.end()) {
      days_.splice(days_.begin(), days_, found);
    } else {
      ASSIGN_OR_RETURN(Content content, read_day_(key));
      if (days_.size() == kRecentDaysMax) days_.pop_back();
      days_.emplace_front(key, std::move(content));
    }
    return &days_.front().second;
  }

  // Likewise, but only if it is in memory; else null.
  Content* Find(const Key& key) {
    const auto found = std::ranges::find(days_, key, &std::pair<Key, Content>::first);
    return found == days_.end() ? nullptr : &found->second;
  }

  // Forgets everything: the files have changed.
  void Clear() { days_.clear(); }

 private:
  ReadDay read_day_;
  std::list<std::pair<Key, Content>> days_;  // The one that was asked for last comes first.
};

}  // namespace cairn::search
