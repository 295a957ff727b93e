#include "server/symbolication/opened_caches.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "formats/symfile/cache_layout.h"
#include "formats/symfile/symbol_cache.h"

namespace cairn::symbolication {

base::Result<std::shared_ptr<const OpenedCache>> OpenedCache::Open(const os::FileDescriptor& file) {
  ASSIGN_OR_RETURN(os::MappedFile mapping, os::MappedFile::FromDescriptor(file.get()));
  const std::shared_ptr<OpenedCache> opened(new OpenedCache(std::move(mapping)));
  ASSIGN_OR_RETURN(symfile::SymbolCache cache, symfile::SymbolCache::Open(opened->mapping_.bytes()));
  opened->names_ = std::make_unique<const CacheNames>(std::move(cache));
  return std::shared_ptr<const OpenedCache>(opened);
}

bool OpenedCache::IsSame(const os::FileDescriptor& file) const {
  std::array<std::byte, symfile::kHeaderBytes> header;
  const base::Bytes known = mapping_.bytes().first(symfile::kHeaderBytes);  // It has been opened.
  return os::ReadAt(file.get(), 0, header) && std::ranges::equal(header, known);
}

base::Result<OpenedCaches::Found> OpenedCaches::Open(const std::string& key, const os::FileDescriptor& file) {
  std::shared_ptr<const OpenedCache> known;
  {
    const std::lock_guard lock(mutex_);
    if (const auto place = places_.find(key); place != places_.end()) {
      known = place->second->second;
      entries_.splice(entries_.begin(), entries_, place->second);
    }
  }
  const bool is_same = known != nullptr && known->IsSame(file);
  {
    const std::lock_guard lock(mutex_);
    ++(is_same ? counts_.hits : counts_.misses);
  }
  if (is_same) return Found{std::move(known), true};
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
