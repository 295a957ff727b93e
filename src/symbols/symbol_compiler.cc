#include "symbols/symbol_compiler.h"

#include <string_view>
#include <utility>

#include "formats/symfile/cache_layout.h"
#include "formats/symfile/compile.h"
#include "model/module.h"
#include "os/clock.h"
#include "os/file.h"
#include "symbols/file_text.h"

namespace cairn::symbols {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kCacheEnding = ".symcache";

std::string FolderOf(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

// Of caches of one source and this version only the newest is of use.
void RemoveOlderCaches(const SymbolSource& source) {
  const std::string folder = FolderOf(source.cache_path);
  const base::Result<std::vector<std::string>> names = os::ListDirectory(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    const bool is_cache = name.starts_with(source.cache_stem) && name.ends_with(kCacheEnding);
    // What can not be removed only takes up space.
    if (is_cache && name != model::BaseName(source.cache_path)) (void)os::RemoveFile(folder + "/" + name);
  }
}

}  // namespace

SymbolSource SymbolCompiler::MakeSource(const std::string& cache_folder, const std::string& path,
                                        const std::string& generation) {
  SymbolSource source;
  source.key = path + ":" + generation;
  if (cache_folder.empty()) return source;
  // "libfoo.so.sym.v3-": before the generation in the name of every cache of this version.
  const std::string ending = ".v" + std::to_string(symfile::kSymbolCacheVersion) + "-";
  source.cache_stem = std::string(model::BaseName(path)) + ending;
  source.cache_path = std::string(cache_folder).append("/").append(path).append(ending);
  source.cache_path.append(generation).append(kCacheEnding);
  return source;
}

SymbolCompiler::Opened SymbolCompiler::OpenCached(const SymbolSource& source) {
  if (source.cache_path.empty()) return Error{Code::kNotFound, 0, "symbols: a folder for caches"};
  Opened cached = SymbolFile::FromCache(source.cache_path);
  if (cached) ++counts_.cache_hits;
  return cached;
}

SymbolCompiler::Opened SymbolCompiler::Compile(const SymbolSource& source) {
  const std::int64_t now_ms = os::MonotonicMillis();
  if (const auto absence = absences_.Find(source.key, now_ms)) {
    ++counts_.absent;
    return *absence;
  }
  Opened compiled = ReadAndCompile(source);
  if (!compiled) absences_.Remember(source.key, compiled.error(), now_ms);
  return compiled;
}

// Only what is kept can be had from elsewhere.
SymbolCompiler::Opened SymbolCompiler::HaveCompiled(const SymbolSource& source) {
  ASSIGN_OR_RETURN(const os::FileDescriptor text, source.open());
  ASSIGN_OR_RETURN(const os::FileDescriptor compiled, elsewhere_(text.get()));
  ASSIGN_OR_RETURN(const os::MappedFile cache, os::MappedFile::FromDescriptor(compiled.get()));
  ++counts_.compiles;
  if (source.cache_path.empty() || !os::MakeDirectories(FolderOf(source.cache_path)) ||
      !WriteCache(source, cache.bytes())) {
    ++counts_.unwritten_caches;
    return Error{Code::kIo, 0, "symbols: a compiled cache could not be kept"};
  }
  return SymbolFile::FromCache(source.cache_path);
}

SymbolCompiler::Opened SymbolCompiler::ReadAndCompile(const SymbolSource& source) {
  if (elsewhere_) return HaveCompiled(source);
  ASSIGN_OR_RETURN(os::FileDescriptor file, source.open());
  ASSIGN_OR_RETURN(std::unique_ptr<const symfile::TextSource> text, OpenSymbolText(std::move(file)));
  const bool keeps = !source.cache_path.empty() && os::MakeDirectories(FolderOf(source.cache_path));
  if (!keeps) {
    // Compiling pays only for those who come later.
    if (!source.cache_path.empty()) ++counts_.unwritten_caches;
    ++counts_.texts;
    return SymbolFile::FromText(std::move(text));
  }
  ASSIGN_OR_RETURN(symfile::CompiledSymbols compiled,
                   symfile::CompileSymbolCache(*text, {.uses_threads = true}));
  ++counts_.compiles;
  if (!WriteCache(source, compiled.cache)) ++counts_.unwritten_caches;
  return SymbolFile::FromCompiled(std::move(compiled.cache));
}

// False if the folder does not take it; the symbols are of use all the same.
bool SymbolCompiler::WriteCache(const SymbolSource& source, base::Bytes cache) {
  if (!os::WriteFileDurably(source.cache_path, cache)) return false;
  RemoveOlderCaches(source);
  return true;
}

}  // namespace cairn::symbols
