// CacheQuota holds a cache folder to a number of bytes: modules that nobody asked for longest go first, all
// files of one together.
//
// For a folder that one process owns (the server's): a module's lock goes as well. What is open stays
// readable.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"

namespace cairn::symbols {

class CacheQuota {
 public:
  // A file takes at least a block of the disk, so that a million notes of what is not there are bounded too.
  static constexpr std::uint64_t kLeastFileBytes = 4096;
  // Whoever uses a file says so at most that often.
  static constexpr std::int64_t kTouchEveryMs = 3'600'000;

  struct Kept {
    std::uint64_t bytes = 0;
    std::uint64_t removed_bytes = 0;
  };

  CacheQuota(std::string folder, std::uint64_t bytes_max)
      : folder_(std::move(folder)), bytes_max_(bytes_max) {}

  // The file at `path`, in the folder, was used.
  void NoteUse(const std::string& path) const;

  // Removes what is too much, and a tenth beyond. Any thread may call it at any time.
  base::Result<Kept> Enforce();

  // Removes what only says that something is not there, and with it the names of modules that nobody has
  // symbols of. While nothing is looked for: a search that is under way may write it anew.
  base::Status RemoveAbsences();

 private:
  const std::string folder_;
  const std::uint64_t bytes_max_;
  std::mutex mutex_;  // One at a time.
};

}  // namespace cairn::symbols
