#include "symbols/cache_file.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/checked_math.h"

namespace cairn::symbols {
namespace {

constexpr std::uint64_t kNoPage = std::numeric_limits<std::uint64_t>::max();

// What is longer would only drive out the pages that are asked for again.
constexpr std::size_t kMaxPagedBytes = 4 * CacheFile::kPageBytes;

}  // namespace

base::Result<std::unique_ptr<const CacheFile>> CacheFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(os::FileDescriptor file, os::OpenForReading(path));
  ASSIGN_OR_RETURN(os::MappedFile mapping, os::MappedFile::FromDescriptor(file.get()));
  return std::unique_ptr<const CacheFile>(new CacheFile(std::move(file), std::move(mapping)));
}

// The memory of pages that nobody asks for is never touched.
CacheFile::CacheFile(os::FileDescriptor file, os::MappedFile mapping)
    : file_(std::move(file)),
      mapping_(std::move(mapping)),
      pages_(std::make_unique_for_overwrite<std::byte[]>(kPages * kPageBytes)) {
  numbers_.fill(kNoPage);
}

bool CacheFile::Read(std::uint64_t offset, std::span<std::byte> target) const {
  if (!base::RangeFits<std::uint64_t>(offset, target.size(), size())) return false;
  if (target.size() > kMaxPagedBytes) return os::ReadAt(file_.get(), offset, target).has_value();
  const std::lock_guard lock(mutex_);
  while (!target.empty()) {
    const std::byte* const page = Page(offset / kPageBytes);
    if (page == nullptr) return false;
    const auto begin = static_cast<std::size_t>(offset % kPageBytes);
    const std::size_t count = std::min(target.size(), kPageBytes - begin);
    std::memcpy(target.data(), page + begin, count);
    target = target.subspan(count);
    offset += count;
  }
  return true;
}

const std::byte* CacheFile::Page(std::uint64_t number) const {
  const auto place = static_cast<std::size_t>(number % kPages);
  std::byte* const page = pages_.get() + place * kPageBytes;
  if (numbers_[place] == number) {
    ++counts_.hits;
    return page;
  }
  ++counts_.misses;
  const std::uint64_t begin = number * kPageBytes;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPageBytes, size() - begin));
  const bool is_read = os::ReadAt(file_.get(), begin, std::span(page, count)).has_value();
  numbers_[place] = is_read ? number : kNoPage;
  return is_read ? page : nullptr;
}

base::Result<os::FileDescriptor> CacheFile::Duplicate() const { return os::Duplicate(file_.get()); }

CacheFile::Counts CacheFile::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace cairn::symbols
