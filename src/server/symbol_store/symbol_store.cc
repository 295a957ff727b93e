#include "server/symbol_store/symbol_store.h"

#include <algorithm>

#include "formats/symfile/symbol_cache.h"
#include "formats/symfile/symbol_path.h"
#include "model/module.h"

namespace cairn::symbol_store {
namespace {

using base::Code;
using base::Error;

bool SameBytes(int left_fd, int right_fd) {
  const base::Result<os::MappedFile> left = os::MappedFile::FromDescriptor(left_fd);
  const base::Result<os::MappedFile> right = os::MappedFile::FromDescriptor(right_fd);
  return left && right && std::ranges::equal(left->bytes(), right->bytes());
}

}  // namespace

base::Result<os::FileDescriptor> SymbolStore::Compile(const SymbolName& name, int symbols_fd,
                                                      std::string& why) {
  ASSIGN_OR_RETURN(worker::JobResult result, compiler_.CompileSymbols(symbols_fd));
  if (result.failure) {
    why = name.Path() + ": " + result.failure->what + ": " +
          std::string(base::CodeSentence(result.failure->code));
    return Error{Code::kBadValue, result.failure->offset, "symbol file"};
  }
  ASSIGN_OR_RETURN(const os::MappedFile mapped, os::MappedFile::FromDescriptor(result.output.get()));
  ASSIGN_OR_RETURN(const symfile::SymbolCache cache, symfile::SymbolCache::Open(mapped.bytes()));
  if (cache.debug_id() != name.debug_id || model::BaseName(cache.debug_file()) != name.debug_file) {
    why = name.Path() + ": its MODULE line names another file or id";
    return Error{Code::kBadValue, 0, "symbol file"};
  }
  RETURN_IF_ERROR(blobs_.Put(CacheKey(name), mapped.bytes()));
  return std::move(result.output);
}

base::Result<Added> SymbolStore::Add(const SymbolName& name, int symbols_fd, std::string& why) {
  const std::lock_guard lock(compile_mutex_);
  const base::Result<os::FileDescriptor> old = blobs_.Open(SymbolKey(name));
  if (!old && old.error().code != Code::kNotFound) return old.error();
  if (old && SameBytes(old->get(), symbols_fd)) return Added::kSame;
  RETURN_IF_ERROR(Compile(name, symbols_fd, why));
  ASSIGN_OR_RETURN(const os::MappedFile text, os::MappedFile::FromDescriptor(symbols_fd));
  RETURN_IF_ERROR(blobs_.Put(SymbolKey(name), text.bytes()));
  ++additions_;
  if (old) ++replacements_;
  return Added::kNew;
}

base::Result<os::FileDescriptor> SymbolStore::OpenSymbolFile(const SymbolName& name) const {
  return blobs_.Open(SymbolKey(name));
}

std::optional<os::FileDescriptor> SymbolStore::FindCache(const std::string& debug_file,
                                                         const std::string& debug_id) {
  bool compiled = false;
  std::optional<os::FileDescriptor> cache = Find(debug_file, debug_id, compiled);
  (!cache ? metrics_.missing : compiled ? metrics_.compiled : metrics_.found).Add();
  return cache;
}

std::optional<os::FileDescriptor> SymbolStore::Find(const std::string& debug_file,
                                                    const std::string& debug_id, bool& compiled) {
  model::Module module;
  module.debug_file = debug_file;
  module.debug_id.text = debug_id;
  const std::optional<SymbolName> name = ParseSymbolPath(symfile::SymbolPath(module));
  if (!name) return std::nullopt;
  base::Result<os::FileDescriptor> cache = blobs_.Open(CacheKey(*name));
  if (cache) return *std::move(cache);
  const std::lock_guard lock(compile_mutex_);
  cache = blobs_.Open(CacheKey(*name));  // Somebody may have compiled it meanwhile.
  if (cache) return *std::move(cache);
  const base::Result<os::FileDescriptor> symbols = blobs_.Open(SymbolKey(*name));
  if (!symbols) return std::nullopt;
  std::string why;
  base::Result<os::FileDescriptor> made = Compile(*name, symbols->get(), why);
  if (!made) return std::nullopt;
  compiled = true;
  return *std::move(made);
}

}  // namespace cairn::symbol_store
