#include "symbols/loaded_symbols.h"

namespace cairn::symbols {

base::Result<std::shared_ptr<const CompiledCache>> CompiledCache::FromFile(const std::string& path) {
  ASSIGN_OR_RETURN(os::MappedFile file, os::MappedFile::Open(path));
  ASSIGN_OR_RETURN(const symfile::SymbolCache cache, symfile::SymbolCache::Open(file.bytes()));
  return std::shared_ptr<const CompiledCache>(new CompiledCache(std::move(file), cache));
}

base::Result<std::shared_ptr<const CompiledCache>> CompiledCache::FromBytes(std::vector<std::byte> bytes) {
  ASSIGN_OR_RETURN(const symfile::SymbolCache cache, symfile::SymbolCache::Open(bytes));
  return std::shared_ptr<const CompiledCache>(new CompiledCache(std::move(bytes), cache));
}

}  // namespace cairn::symbols
