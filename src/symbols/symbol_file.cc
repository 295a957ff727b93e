#include "symbols/symbol_file.h"

#include <utility>

#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_text_lookup.h"

namespace cairn::symbols {

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromCache(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<const CacheFile> cache, CacheFile::Open(path));
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->cache_ = std::move(cache);
  file->cache_path_ = path;
  ASSIGN_OR_RETURN(symfile::SymbolCache opened,
                   symfile::SymbolCache::Open(file->cache_->mapped(), *file->cache_));
  file->Keep(std::move(opened));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromCompiled(std::vector<std::byte> cache) {
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->compiled_ = std::move(cache);
  ASSIGN_OR_RETURN(symfile::SymbolCache opened, symfile::SymbolCache::Open(file->compiled_));
  file->Keep(std::move(opened));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromText(
    std::unique_ptr<const symfile::TextSource> text) {
  ASSIGN_OR_RETURN(symfile::SymbolText symbols, symfile::SymbolText::Open(std::move(text)));
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->debug_id_ = symbols.header().debug_id;
  file->debug_file_ = symbols.header().debug_file;
  file->code_file_ = symbols.header().code_file;
  file->symbols_ = std::make_unique<const symfile::SymbolText>(std::move(symbols));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Result<os::FileDescriptor> SymbolFile::OpenCache() const {
  if (cache_ == nullptr)
    return base::Error{base::Code::kNotFound, 0, "symbols: a compiled cache that is kept"};
  return cache_->Duplicate();
}

void SymbolFile::Keep(symfile::SymbolCache cache) {
  debug_id_.text = cache.debug_id();
  debug_file_ = cache.debug_file();
  code_file_ = cache.code_file();
  bad_lines_ = cache.bad_lines();
  symbols_ = std::make_unique<const symfile::SymbolCache>(std::move(cache));
}

}  // namespace cairn::symbols
