// SymbolCompiler gives the symbols of a symbol file, from a compiled cache where there is one, else compiled
// or read now.
//
// Caches lie in a folder under the path that stands for the module; a cache file's name holds the cache
// version and the generation of what it was made of, so another version or a changed symbol file never meets
// a stale cache. They are written under another name and renamed, so processes may share the folder. Nothing
// bounds the size of the folder; its files may be deleted at any time, even while in use.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "os/file.h"
#include "symbols/absence_cache.h"
#include "symbols/symbol_file.h"

namespace cairn::symbols {

// Something that a symbol file's text can be had of.
struct SymbolSource {
  std::string key;         // Tells it from others and from itself before a change.
  std::string cache_path;  // Where its cache is or would be; empty: nowhere.
  std::string cache_stem;  // What the names of its older caches in that folder begin with.
  std::function<base::Result<os::FileDescriptor>()> open;
};

// Compiles a symbol file that is open into a cache, elsewhere than in this process.
using CompileElsewhere = std::function<base::Result<os::FileDescriptor>(int symbols_fd)>;

struct CompilerCounts {
  std::atomic<std::uint64_t> cache_hits = 0;  // A compiled cache was there.
  std::atomic<std::uint64_t> compiles = 0;
  std::atomic<std::uint64_t> texts = 0;             // Read without compiling, since no cache can be kept.
  std::atomic<std::uint64_t> absent = 0;            // Answered by the memory of what can not be read.
  std::atomic<std::uint64_t> unwritten_caches = 0;  // Compiled, but the folder did not take it.
};

class SymbolCompiler {
 public:
  using Opened = base::Result<std::shared_ptr<const SymbolFile>>;

  // Empty: this process reads the texts.
  explicit SymbolCompiler(CompileElsewhere elsewhere = {}) : elsewhere_(std::move(elsewhere)) {}

  // A source whose cache is `cache_folder`/`path` with an ending; `generation` changes with the text.
  static SymbolSource MakeSource(const std::string& cache_folder, const std::string& path,
                                 const std::string& generation);

  // kNotFound if there is no cache, or none that can be opened: then it is damaged and made anew.
  Opened OpenCached(const SymbolSource& source);

  // Reads and compiles it; what can not be read stays so until it changes, and is not read again meanwhile.
  Opened Compile(const SymbolSource& source);

  const CompilerCounts& counts() const { return counts_; }

 private:
  Opened ReadAndCompile(const SymbolSource& source);
  Opened HaveCompiled(const SymbolSource& source);
  static bool WriteCache(const SymbolSource& source, base::Bytes cache);

  const CompileElsewhere elsewhere_;
  AbsenceCache absences_;
  CompilerCounts counts_;
};

}  // namespace cairn::symbols
