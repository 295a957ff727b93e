// CacheFile is a compiled cache, mapped, and read beside that where a mapping would cost too much.
//
// Of a mapped file the kernel gives sixteen pages or more for each that is touched. So some hundred lookups
// in its large sections would hold a file of any size whole, and take the time to map it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/symfile/cache_bytes.h"
#include "os/file.h"

namespace cairn::symbols {

// What is read comes in pages, of which the last ones are kept.
class CacheFile final : public symfile::CacheSource {
 public:
  static constexpr std::size_t kPageBytes = 4096;
  static constexpr std::size_t kPages = 64;  // 256 KiB, which stay in a processor's cache.

  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;  // Pages that were read.
  };

  // kUnsupported for what is not a regular file.
  static base::Result<std::unique_ptr<const CacheFile>> Open(const std::string& path);

  base::Bytes mapped() const { return mapping_.bytes(); }

  std::uint64_t size() const override { return mapping_.bytes().size(); }
  bool Read(std::uint64_t offset, std::span<std::byte> target) const override;

  // Another descriptor of the same file, for another process.
  base::Result<os::FileDescriptor> Duplicate() const;

  Counts counts() const;

 private:
  CacheFile(os::FileDescriptor file, os::MappedFile mapping);

  // The page of that number, read if it is not there; null if it can not be read. Shorter at the file's end.
  const std::byte* Page(std::uint64_t number) const;

  os::FileDescriptor file_;
  os::MappedFile mapping_;
  mutable std::mutex mutex_;  // Guards all below.
  mutable std::array<std::uint64_t, kPages> numbers_;
  std::unique_ptr<std::byte[]> pages_;  // A page has one place, by its number.
  mutable Counts counts_;
};

}  // namespace cairn::symbols
