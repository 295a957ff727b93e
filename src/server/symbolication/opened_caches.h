// OpenedCaches keeps the symbol caches that were asked last, mapped and with their names, for all requests.
//
// A cache is known by its module and by its header, which has checksums of all the rest: when other symbols
// were stored in its place, it is opened anew. Any number of threads may ask at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "analysis/symbolication/cache_names.h"
#include "base/result.h"
#include "os/file.h"

namespace cairn::symbolication {

// Never moves: the names borrow the mapped bytes.
class OpenedCache {
 public:
  // The file's bytes are not trusted; it must be one that is replaced whole (os::MappedFile).
  static base::Result<std::shared_ptr<const OpenedCache>> Open(const os::FileDescriptor& file);

  const ModuleNames& names() const { return *names_; }
  // Whether the file has the same symbols.
  bool IsSame(const os::FileDescriptor& file) const;

 private:
  explicit OpenedCache(os::MappedFile mapping) : mapping_(std::move(mapping)) {}

  os::MappedFile mapping_;
  std::unique_ptr<const CacheNames> names_;
};

class OpenedCaches {
 public:
  // A browser has some hundred modules, of which a tenth is on most stacks. Each may remember names of
  // CacheNames::kMaxRememberedBytes.
  static constexpr std::size_t kMaxOpened = 64;

  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };

  struct Found {
    std::shared_ptr<const OpenedCache> cache;  // Shared: it is in use while others push it out.
    bool was_open = false;
  };

  // `file` is the cache of the module that `key` names.
  base::Result<Found> Open(const std::string& key, const os::FileDescriptor& file);

  Counts counts() const;

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const OpenedCache>>;

  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // GUARDED_BY(mutex_); the one used last is first.
  std::map<std::string, std::list<Entry>::iterator> places_;  // GUARDED_BY(mutex_)
  Counts counts_;                                             // GUARDED_BY(mutex_)
};

}  // namespace cairn::symbolication
