#include "symbols/absence_cache.h"

namespace cairn::symbols {

std::int64_t AbsenceMillis(base::Code code) {
  constexpr std::int64_t kSecond = 1000;
  switch (code) {
    case base::Code::kNotFound: return 5 * kSecond;  // Long enough for one burst of crashes of one program.
    case base::Code::kTruncated:
    case base::Code::kBadMagic:
    case base::Code::kBadValue:
    case base::Code::kLimitExceeded:
    case base::Code::kUnsupported:
    case base::Code::kOverflow: return 3600 * kSecond;  // Of these bytes nothing else will come.
    case base::Code::kIo:
    case base::Code::kTimeout:
    case base::Code::kRefused:
    case base::Code::kUnreachable: return 0;  // Not an answer about the file: never taken for one.
  }
  return 0;
}

std::optional<base::Error> AbsenceCache::Find(const std::string& key, std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.expires_ms <= now_ms) return std::nullopt;
  return found->second.error;
}

void AbsenceCache::Remember(const std::string& key, const base::Error& error, std::int64_t now_ms) {
  const std::int64_t duration_ms = AbsenceMillis(error.code);
  if (duration_ms == 0) return;
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMaxEntries) {
    std::erase_if(entries_, [&](const auto& entry) { return entry.second.expires_ms <= now_ms; });
    if (entries_.size() >= kMaxEntries) entries_.clear();
  }
  entries_[key] = {error, now_ms + duration_ms};
}

}  // namespace cairn::symbols
