// The symbols of one module, ready for lookups, and the memory that they lie in.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "formats/symfile/symbol_cache.h"
#include "os/file.h"

namespace cairn::symbols {

// A symbol cache and its bytes: a mapped file, or memory.
class CompiledCache {
 public:
  // Shared by the callers who asked for one module at the same time, each of whom may be the last to need it.
  static base::Result<std::shared_ptr<const CompiledCache>> FromFile(const std::string& path);
  static base::Result<std::shared_ptr<const CompiledCache>> FromBytes(std::vector<std::byte> bytes);

  const symfile::SymbolCache& cache() const { return cache_; }

 private:
  using Memory = std::variant<os::MappedFile, std::vector<std::byte>>;

  CompiledCache(Memory memory, symfile::SymbolCache cache) : memory_(std::move(memory)), cache_(cache) {}

  Memory memory_;  // Moving it leaves the bytes where they are, so cache_ may borrow them.
  symfile::SymbolCache cache_;
};

class LoadedSymbols {
 public:
  explicit LoadedSymbols(std::shared_ptr<const CompiledCache> compiled) : compiled_(std::move(compiled)) {}

  const model::ModuleSymbols& symbols() const { return compiled_->cache(); }
  const symfile::SymbolCache& cache() const { return compiled_->cache(); }

 private:
  std::shared_ptr<const CompiledCache> compiled_;
};

}  // namespace cairn::symbols
