// What a symbol file says of its module, ready for lookups, with the memory that it lies in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/text_source.h"
#include "model/module.h"
#include "model/module_symbols.h"
#include "symbols/cache_file.h"

namespace cairn::symbols {

// Immutable. Shared by the callers who asked for one module at the same time, each of whom may be the last to
// need it. Never moves, because the symbols borrow from the bytes beside them.
class SymbolFile {
 public:
  // A compiled cache: its small tables are mapped, of the rest only what is asked for is read.
  static base::Result<std::shared_ptr<const SymbolFile>> FromCache(const std::string& path);
  // A cache that was compiled just now.
  static base::Result<std::shared_ptr<const SymbolFile>> FromCompiled(std::vector<std::byte> cache);
  // The text itself, where no cache can be kept.
  static base::Result<std::shared_ptr<const SymbolFile>> FromText(
      std::unique_ptr<const symfile::TextSource> text);

  // The compiled cache itself; kNotFound if the symbols are of none that is kept.
  base::Result<os::FileDescriptor> OpenCache() const;
  const std::string& cache_path() const { return cache_path_; }  // Empty likewise.

  SymbolFile(const SymbolFile&) = delete;
  SymbolFile& operator=(const SymbolFile&) = delete;

  const model::ModuleSymbols& symbols() const { return *symbols_; }
  // The module that the file says it is of.
  const model::DebugId& debug_id() const { return debug_id_; }
  const std::string& debug_file() const { return debug_file_; }
  const std::string& code_file() const { return code_file_; }  // Empty: it does not say.
  // Lines that were left out. Zero for a text without a cache, of which only what is asked for is read.
  std::uint64_t bad_lines() const { return bad_lines_; }

 private:
  SymbolFile() = default;
  void Keep(symfile::SymbolCache cache);

  // Where a cache lies that symbols_ borrows; a text is owned by the symbols.
  std::unique_ptr<const CacheFile> cache_;
  std::vector<std::byte> compiled_;
  std::unique_ptr<const model::ModuleSymbols> symbols_;
  model::DebugId debug_id_;
  std::string debug_file_;
  std::string code_file_;
  std::string cache_path_;
  std::uint64_t bad_lines_ = 0;
};

}  // namespace cairn::symbols
