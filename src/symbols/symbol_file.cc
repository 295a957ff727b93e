#include "symbols/symbol_file.h"

#include <array>
#include <utility>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_text_lookup.h"
#include "symbols/file_text.h"

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

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromText(std::string text) {
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  file->file_text_ = std::move(text);
  ASSIGN_OR_RETURN(symfile::NormalizedText normalized,
                   symfile::NormalizeSymbolFile(base::AsBytes(file->file_text_)));
  file->text_ = std::make_unique<symfile::NormalizedText>(std::move(normalized));
  RETURN_IF_ERROR(file->OpenText(std::make_unique<symfile::TextInMemory>(file->text_->text())));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Result<std::shared_ptr<const SymbolFile>> SymbolFile::FromTextFile(os::FileDescriptor descriptor) {
  std::array<std::byte, symfile::kPackedMarkBytes> beginning;
  const bool is_plain = os::ReadAt(descriptor.get(), 0, beginning) && symfile::IsPlainBeginning(beginning);
  if (!is_plain) {
    ASSIGN_OR_RETURN(std::string text, os::ReadAll(descriptor.get(), symfile::kMaxSymbolFileBytes));
    return FromText(std::move(text));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<FileText> text, FileText::Open(std::move(descriptor)));
  const std::shared_ptr<SymbolFile> file(new SymbolFile());
  RETURN_IF_ERROR(file->OpenText(std::move(text)));
  return std::shared_ptr<const SymbolFile>(file);
}

base::Status SymbolFile::OpenCache(base::Bytes cache) {
  ASSIGN_OR_RETURN(symfile::SymbolCache opened, symfile::SymbolCache::Open(cache));
  debug_id_.text = opened.debug_id();
  debug_file_ = opened.debug_file();
  symbols_ = std::make_unique<const symfile::SymbolCache>(std::move(opened));
  return {};
}

base::Status SymbolFile::OpenText(std::unique_ptr<const symfile::TextSource> text) {
  ASSIGN_OR_RETURN(symfile::SymbolText symbols, symfile::SymbolText::Open(std::move(text)));
  debug_id_ = symbols.header().debug_id;
  debug_file_ = symbols.header().debug_file;
  symbols_ = std::make_unique<const symfile::SymbolText>(std::move(symbols));
  return {};
}

}  // namespace cairn::symbols
