// CacheNames are the names of one compiled symbol cache, for many requests: names that were asked for before,
// and what they say of a frame, are remembered as they stand in JSON, so that a request inflates, escapes and
// puts together only what is new.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "analysis/symbolication/names.h"
#include "formats/symfile/symbol_cache.h"

namespace cairn::symbolication {

class CacheNames final : public ModuleNames {
 public:
  // What is remembered of one cache: some thousand addresses, with their functions, files and inlined calls,
  // have half of it.
  static constexpr std::size_t kMaxRememberedBytes = std::size_t{8} << 20;

  // The cache's bytes must outlive the object.
  explicit CacheNames(symfile::SymbolCache cache);
  ~CacheNames() override;
  CacheNames(const CacheNames&) = delete;
  CacheNames& operator=(const CacheNames&) = delete;

  std::string_view code_file() const override { return cache_.code_file(); }
  NamedAddresses Name(std::span<const model::ModuleOffset> offsets) const override;

  const symfile::SymbolCache& cache() const { return cache_; }

 private:
  class Memory;
  std::shared_ptr<Memory> CurrentMemory() const;

  symfile::SymbolCache cache_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<Memory> memory_;  // GUARDED_BY(mutex_); shared with answers that have its texts.
};

}  // namespace cairn::symbolication
