// SymbolFinder finds a module's symbol file in folders and gives it back compiled, compiling each file once.
//
// Folders hold symbol files by the rule of formats/symfile/symbol_path.h and are asked in order. Compiled
// caches are kept in the cache folder under the same path; a cache file's name holds the cache version and
// the generation (size and time) of the symbol file that it was made of, so another version or a changed
// symbol file never meets a stale cache. Caches are written under another name and renamed, so processes may
// share the folder. Nothing bounds the size of the cache folder; its files may be deleted at any time, even
// while in use.
//
// Any number of threads may call Find at once; those that want the same file share one compile.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/module.h"
#include "os/file.h"
#include "symbols/absence_cache.h"
#include "symbols/loaded_symbols.h"

namespace cairn::symbols {

struct SymbolFinderOptions {
  std::vector<std::string> folders;
  std::string cache_folder;  // Made when needed. Empty: every Find compiles, and the cache lives in memory.
};

struct SymbolFinderCounts {
  std::uint64_t cache_hits = 0;  // A compiled cache was there.
  std::uint64_t compiles = 0;
  std::uint64_t shared = 0;            // Waited for what another caller was compiling or opening.
  std::uint64_t absent = 0;            // Answered by the memory of what is not there.
  std::uint64_t unwritten_caches = 0;  // Compiled, but the cache folder did not take it.
};

class SymbolFinder {
 public:
  explicit SymbolFinder(SymbolFinderOptions options) : options_(std::move(options)) {}

  // kNotFound: no folder has the file, or the module has no name or id to look for. kIo: a file is there and
  // can not be read. Other codes: the file is no symbol file.
  base::Result<std::unique_ptr<LoadedSymbols>> Find(const model::Module& module);

  SymbolFinderCounts counts() const;

 private:
  // A symbol file as it lies in a folder.
  struct Source {
    std::string path;
    std::string key;         // The path and the generation.
    std::string cache_path;  // Where its cache is or would be; empty without a cache folder.
  };
  struct Load;
  using LoadResult = base::Result<std::shared_ptr<const CompiledCache>>;

  base::Result<Source> Locate(const model::Module& module, const std::string& relative_path) const;
  Source SourceOf(const std::string& folder, const std::string& relative_path,
                  const os::FileInfo& info) const;
  LoadResult LoadOnce(const Source& source);
  LoadResult OpenOrCompile(const Source& source);
  LoadResult Compile(const Source& source);
  bool WriteCache(const Source& source, base::Bytes cache) const;
  void RemoveOlderCaches(const Source& source) const;

  const SymbolFinderOptions options_;
  AbsenceCache absences_;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Load>> loads_;  // GUARDED_BY(mutex_)
  SymbolFinderCounts counts_;                           // GUARDED_BY(mutex_)
};

}  // namespace cairn::symbols
