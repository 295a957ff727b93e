#include "server/symbol_store/symbol_store.h"

#include <utility>
#include <vector>

#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_path.h"
#include "model/module.h"
#include "server/symbol_store/gzip_file.h"

namespace cairn::symbol_store {
namespace {

using base::Code;
using base::Error;
using store::SymbolClass;

constexpr std::string_view kTextExtension = ".sym";
constexpr std::size_t kMaxFactsBytes = 1 << 10;

// Whether both stand for one file, as keys do: SymbolKey says where letter case does not count.
bool AreSameNames(const SymbolName& name, std::string_view debug_file) {
  const auto other = MakeSymbolName(debug_file, name.debug_id, name.symbol_file);
  return other && SymbolKey(SymbolClass::kRegular, *other) == SymbolKey(SymbolClass::kRegular, name);
}

}  // namespace

std::optional<SymbolName> NameOfText(const std::string& debug_file, const std::string& debug_id) {
  model::Module module;
  module.debug_file = debug_file;
  module.debug_id.text = debug_id;
  return ParseSymbolPath(symfile::SymbolPath(module));
}

bool IsSymbolText(const SymbolName& name) { return LowerCase(name.symbol_file).ends_with(kTextExtension); }

base::Result<os::FileDescriptor> SymbolStore::Compile(const SymbolName& name, int text_fd, std::string& why) {
  ASSIGN_OR_RETURN(worker::JobResult result, compiler_.CompileSymbols(text_fd));
  if (result.failure) {
    why = name.Path() + ": " + result.failure->what + ": " +
          std::string(base::CodeSentence(result.failure->code));
    return Error{Code::kBadValue, result.failure->offset, "symbol file"};
  }
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(result.output.get()));
  ASSIGN_OR_RETURN(const symfile::SymbolCache cache, symfile::SymbolCache::Open(mapped.bytes()));
  if (cache.debug_id() != name.debug_id || !AreSameNames(name, model::BaseName(cache.debug_file()))) {
    why = name.Path() + ": its MODULE line names another file or id";
    return Error{Code::kBadValue, 0, "symbol file"};
  }
  return std::move(result.output);
}

base::Result<CompiledText> SymbolStore::CompileText(const SymbolName& name, int text_fd, std::string& why) {
  CompiledText compiled;
  {
    const std::lock_guard lock(compile_mutex_);
    ASSIGN_OR_RETURN(compiled.cache, Compile(name, text_fd, why));
  }
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(compiled.cache.get()));
  ASSIGN_OR_RETURN(const symfile::SymbolCache cache, symfile::SymbolCache::Open(mapped.bytes()));
  compiled.code_file = cache.code_file();
  compiled.code_id = cache.code_id();
  compiled.generator = cache.generator();
  return compiled;
}

base::Status SymbolStore::StoreText(SymbolClass symbol_class, const SymbolName& name,
                                    const CompiledText& compiled, std::unique_ptr<store::StagedBlob> packed) {
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(compiled.cache.get()));
  ASSIGN_OR_RETURN(std::unique_ptr<store::StagedBlob> staged_cache, blobs_.Stage());
  RETURN_IF_ERROR(staged_cache->Append(mapped.bytes()));
  std::vector<store::NewObject> objects;
  objects.push_back({CacheKey(symbol_class, name), std::move(staged_cache)});
  const std::string key = SymbolKey(symbol_class, name);
  objects.push_back({key, std::move(packed)});
  const std::lock_guard lock(compile_mutex_);
  ASSIGN_OR_RETURN(const bool was_there, blobs_.Exists(key));
  RETURN_IF_ERROR(blobs_.Publish(std::move(objects)));
  ++additions_;
  if (was_there) ++replacements_;
  return {};
}

base::Status SymbolStore::StoreFile(SymbolClass symbol_class, const SymbolName& name,
                                    std::unique_ptr<store::StagedBlob> file) {
  std::vector<store::NewObject> objects;
  objects.push_back({SymbolKey(symbol_class, name), std::move(file)});
  return blobs_.Publish(std::move(objects));
}

base::Result<worker::ObjectFacts> SymbolStore::Inspect(int fd) {
  const std::lock_guard lock(compile_mutex_);
  ASSIGN_OR_RETURN(const worker::JobResult result, compiler_.InspectObject(fd));
  if (result.failure) return Error{Code::kBadValue, result.failure->offset, "object file"};
  ASSIGN_OR_RETURN(const std::string facts, os::ReadAll(result.output.get(), kMaxFactsBytes));
  return worker::ReadObjectFacts(facts);
}

base::Result<StoredFile> SymbolStore::OpenFile(SymbolClass symbol_class, const SymbolName& name) const {
  base::Result<os::FileDescriptor> file = blobs_.Open(SymbolKey(symbol_class, name));
  if (!file && file.error().code == Code::kNotFound && symbol_class == SymbolClass::kRegular) {
    const std::string former = FormerSymbolKey(name);
    if (!former.empty()) file = blobs_.Open(former);
  }
  if (!file) return file.error();
  StoredFile stored{.file = *std::move(file), .is_gzip = false};
  if (IsSymbolText(name)) {
    ASSIGN_OR_RETURN(stored.is_gzip, IsGzipFile(stored.file.get()));
  }
  return stored;
}

base::Result<os::FileDescriptor> SymbolStore::OpenText(SymbolClass symbol_class,
                                                       const SymbolName& name) const {
  ASSIGN_OR_RETURN(StoredFile stored, OpenFile(symbol_class, name));
  if (!stored.is_gzip) return std::move(stored.file);
  return InflateFile(stored.file.get(), spool_folder_);
}

base::Status SymbolStore::Remove(SymbolClass symbol_class, const SymbolName& name) {
  const std::lock_guard lock(compile_mutex_);
  RETURN_IF_ERROR(blobs_.Remove(SymbolKey(symbol_class, name)));
  const std::string former = FormerSymbolKey(name);
  if (symbol_class == SymbolClass::kRegular && !former.empty()) RETURN_IF_ERROR(blobs_.Remove(former));
  return blobs_.Remove(CacheKey(symbol_class, name));
}

bool SymbolStore::Has(const std::string& debug_file, const std::string& debug_id) const {
  const std::optional<SymbolName> name = NameOfText(debug_file, debug_id);
  return name && (OpenFile(SymbolClass::kRegular, *name) || OpenFile(SymbolClass::kTry, *name));
}

std::optional<os::FileDescriptor> SymbolStore::FindCache(const std::string& debug_file,
                                                         const std::string& debug_id) {
  bool compiled = false;
  std::optional<os::FileDescriptor> cache;
  if (const std::optional<SymbolName> name = NameOfText(debug_file, debug_id)) {
    cache = Find(SymbolClass::kRegular, *name, compiled);
    if (!cache) cache = Find(SymbolClass::kTry, *name, compiled);
  }
  (!cache ? metrics_.missing : compiled ? metrics_.compiled : metrics_.found).Add();
  return cache;
}

std::optional<os::FileDescriptor> SymbolStore::Find(SymbolClass symbol_class, const SymbolName& name,
                                                    bool& compiled) {
  const std::string key = CacheKey(symbol_class, name);
  base::Result<os::FileDescriptor> cache = blobs_.Open(key);
  if (cache) return *std::move(cache);
  // Most of what is asked for and has no cache is not there: that need not wait for a compilation.
  if (!OpenFile(symbol_class, name)) return std::nullopt;
  const std::lock_guard lock(compile_mutex_);
  cache = blobs_.Open(key);  // Somebody may have compiled it meanwhile.
  if (cache) return *std::move(cache);
  const base::Result<os::FileDescriptor> text = OpenText(symbol_class, name);
  if (!text) return std::nullopt;
  std::string why;
  base::Result<os::FileDescriptor> made = Compile(name, text->get(), why);
  if (!made) return std::nullopt;
  const base::Result<os::MappedFile> mapped = os::MappedFile::FromDescriptor(made->get());
  if (!mapped || !blobs_.Put(key, mapped->bytes())) return std::nullopt;
  compiled = true;
  return *std::move(made);
}

}  // namespace cairn::symbol_store
