#include "server/symbolication/opened_caches.h"

#include "formats/symfile/symbol_cache.h"

namespace cairn::symbolication {

base::Result<std::shared_ptr<const OpenedCache>> OpenedCache::Open(const os::FileDescriptor& file) {
  ASSIGN_OR_RETURN(const os::FileInfo info, os::InspectOpen(file.get()));
  ASSIGN_OR_RETURN(os::MappedFile mapping, os::MappedFile::FromDescriptor(file.get()));
  const std::shared_ptr<OpenedCache> opened(new OpenedCache(std::move(mapping), info));
  ASSIGN_OR_RETURN(symfile::SymbolCache cache, symfile::SymbolCache::Open(opened->mapping_.bytes()));
  opened->names_ = std::make_unique<const CacheNames>(std::move(cache));
  return std::shared_ptr<const OpenedCache>(opened);
}

base::Result<OpenedCaches::Found> OpenedCaches::Open(const std::string& key, const os::FileDescriptor& file) {
  ASSIGN_OR_RETURN(const os::FileInfo info, os::InspectOpen(file.get()));
  {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(key);
    if (place != places_.end() && place->second->second->IsOf(info)) {
      ++counts_.hits;
      entries_.splice(entries_.begin(), entries_, place->second);
      return Found{place->second->second, true};
    }
    ++counts_.misses;
  }
  // Two threads may open it at once; the later one's stays, and both are the same.
  ASSIGN_OR_RETURN(std::shared_ptr<const OpenedCache> opened, OpenedCache::Open(file));
  const std::lock_guard lock(mutex_);
  if (const auto place = places_.find(key); place != places_.end()) {
    entries_.erase(place->second);
    places_.erase(place);
  }
  entries_.emplace_front(key, opened);
  places_[key] = entries_.begin();
  if (entries_.size() > kMaxOpened) {
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
  return Found{std::move(opened), false};
}

OpenedCaches::Counts OpenedCaches::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace cairn::symbolication
