#include "symbols/symbol_file.h"

#include <utility>

#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_text_lookup.h"

namespace cairn::symbols {

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromCache(const std::string& path) {
  ASSIGN_OR_RETURN(os::MappedFile mapping, os::MappedFile::Open(path));
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->mapping_ = std::make_unique<os::MappedFile>(std::move(mapping));
  RETURN_IF_ERROR(file->OpenCache(file->mapping_->bytes()));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromCompiled(std::vector<std::byte> cache) {
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->compiled_ = std::move(cache);
  RETURN_IF_ERROR(file->OpenCache(file->compiled_));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromText(
    std::unique_ptr<const symfile::TextSource> text) {
  ASSIGN_OR_RETURN(symfile::SymbolText symbols, symfile::SymbolText::Open(std::move(text)));
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->debug_id_ = symbols.header().debug_id;
  file->debug_file_ = symbols.header().debug_file;
  file->symbols_ = std::make_unique<const symfile::SymbolText>(std::move(symbols));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Status SymbolFile::OpenCache(base::Bytes cache) {
  ASSIGN_OR_RETURN(symfile::SymbolCache opened, symfile::SymbolCache::Open(cache));
  debug_id_.text = opened.debug_id();
  debug_file_ = opened.debug_file();
  bad_lines_ = opened.bad_lines();
  symbols_ = std::make_unique<const symfile::SymbolCache>(std::move(opened));
  return {};
}

}  // namespace cairn::symbols
