#include "symbols/symbol_finder.h"

#include <cerrno>
#include <condition_variable>
#include <optional>
#include <string_view>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_path.h"
#include "os/clock.h"
#include "os/file.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kCacheEnding = ".symcache";

// The text before the generation in the name of every cache of this version: "libfoo.so.sym.v1-".
std::string CachePrefix(std::string_view symbol_file_name) {
  return std::string(symbol_file_name) + ".v" + std::to_string(symfile::kSymbolCacheVersion) + "-";
}

std::string_view FolderOf(std::string_view path) { return path.substr(0, path.find_last_of('/')); }

// Dumps and symbol files may write the age in either case; the GUID before it is upper-case in both.
std::string WithLowerCaseAge(std::string id) {
  constexpr std::size_t kGuidDigits = 32;
  for (std::size_t i = kGuidDigits; i < id.size(); ++i) {
    if (id[i] >= 'A' && id[i] <= 'F') id[i] = static_cast<char>(id[i] - 'A' + 'a');
  }
  return id;
}

// ENOTDIR: where the path wants a folder there is a file.
bool IsAbsence(const Error& error) {
  return error.code == Code::kNotFound || (error.code == Code::kIo && error.offset == ENOTDIR);
}

}  // namespace

// A load that is under way, for those who come while it is.
struct SymbolFinder::Load {
  std::optional<LoadResult> result;
  std::condition_variable done;
};

base::Result<std::unique_ptr<LoadedSymbols>> SymbolFinder::Find(const model::Module& module) {
  const std::string relative_path = symfile::SymbolPath(module);
  if (relative_path.empty()) return Error{Code::kNotFound, 0, "symbols: the module has no name or debug id"};
  const std::int64_t now_ms = os::MonotonicMillis();
  if (const auto absence = absences_.Find(relative_path, now_ms)) {
    const std::lock_guard lock(mutex_);
    ++counts_.absent;
    return *absence;
  }
  const base::Result<Source> source = Locate(module, relative_path);
  if (!source) {
    absences_.Remember(relative_path, source.error(), now_ms);
    return source.error();
  }
  ASSIGN_OR_RETURN(std::shared_ptr<const CompiledCache> compiled, LoadOnce(*source));
  return std::make_unique<LoadedSymbols>(std::move(compiled));
}

SymbolFinderCounts SymbolFinder::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

base::Result<SymbolFinder::Source> SymbolFinder::Locate(const model::Module& module,
                                                        const std::string& relative_path) const {
  model::Module other = module;
  other.debug_id.text = WithLowerCaseAge(other.debug_id.text);
  const std::string other_path = symfile::SymbolPath(other);
  // A folder that can not be read hides nothing in the others, but then the file may be there all the same.
  Error reason{Code::kNotFound, 0, "symbols: in no symbol folder"};
  for (const std::string& folder : options_.folders) {
    for (const std::string* path : {&relative_path, &other_path}) {
      const base::Result<os::FileInfo> info = os::Inspect(folder + "/" + *path);
      if (info && !info->is_directory) return SourceOf(folder, *path, *info);
      if (!info && !IsAbsence(info.error())) reason = info.error();
    }
  }
  return reason;
}

SymbolFinder::Source SymbolFinder::SourceOf(const std::string& folder, const std::string& relative_path,
                                            const os::FileInfo& info) const {
  const std::string generation = std::to_string(info.size) + "-" + std::to_string(info.modified_ns);
  Source source;
  source.path = folder + "/" + relative_path;
  source.key = source.path + ":" + generation;
  if (!options_.cache_folder.empty()) {
    source.cache_path = options_.cache_folder + "/" + CachePrefix(relative_path) + generation;
    source.cache_path += kCacheEnding;
  }
  return source;
}

SymbolFinder::LoadResult SymbolFinder::LoadOnce(const Source& source) {
  std::shared_ptr<Load> load;
  {
    std::unique_lock lock(mutex_);
    if (const auto under_way = loads_.find(source.key); under_way != loads_.end()) {
      load = under_way->second;
      ++counts_.shared;
      load->done.wait(lock, [&] { return load->result.has_value(); });
      return *load->result;
    }
    load = std::make_shared<Load>();
    loads_[source.key] = load;
  }
  LoadResult result = OpenOrCompile(source);
  const std::lock_guard lock(mutex_);
  load->result = result;
  load->done.notify_all();
  loads_.erase(source.key);
  return result;
}

SymbolFinder::LoadResult SymbolFinder::OpenOrCompile(const Source& source) {
  if (!source.cache_path.empty()) {
    // A cache that can not be opened is damaged: it is made anew and replaced.
    if (LoadResult cached = CompiledCache::FromFile(source.cache_path)) {
      const std::lock_guard lock(mutex_);
      ++counts_.cache_hits;
      return cached;
    }
  }
  const std::int64_t now_ms = os::MonotonicMillis();
  if (const auto absence = absences_.Find(source.key, now_ms)) {
    const std::lock_guard lock(mutex_);
    ++counts_.absent;
    return *absence;
  }
  LoadResult compiled = Compile(source);
  if (!compiled) absences_.Remember(source.key, compiled.error(), now_ms);
  return compiled;
}

SymbolFinder::LoadResult SymbolFinder::Compile(const Source& source) {
  // Read, not mapped: somebody may write the symbol file in place, and a mapping that shrinks ends the
  // process.
  ASSIGN_OR_RETURN(const std::string text, os::ReadFile(source.path, symfile::kMaxSymbolFileBytes));
  ASSIGN_OR_RETURN(symfile::CompiledSymbols compiled, symfile::CompileSymbolCache(base::AsBytes(text)));
  const bool written = source.cache_path.empty() || WriteCache(source, compiled.cache);
  {
    const std::lock_guard lock(mutex_);
    ++counts_.compiles;
    if (!written) ++counts_.unwritten_caches;
  }
  return CompiledCache::FromBytes(std::move(compiled.cache));
}

// False if the cache folder does not take it; the symbols are of use all the same.
bool SymbolFinder::WriteCache(const Source& source, base::Bytes cache) const {
  const std::string folder(FolderOf(source.cache_path));
  if (!os::MakeDirectories(folder) || !os::WriteFileDurably(source.cache_path, cache)) return false;
  RemoveOlderCaches(source);
  return true;
}

// Of caches of one symbol file and this version only the newest is of use.
void SymbolFinder::RemoveOlderCaches(const Source& source) const {
  const std::string folder(FolderOf(source.cache_path));
  const std::string prefix = CachePrefix(model::BaseName(source.path));
  const base::Result<std::vector<std::string>> names = os::ListDirectory(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    const bool is_cache = name.starts_with(prefix) && name.ends_with(kCacheEnding);
    // What can not be removed only takes up space.
    if (is_cache && name != model::BaseName(source.cache_path)) (void)os::RemoveFile(folder + "/" + name);
  }
}

}  // namespace cairn::symbols
