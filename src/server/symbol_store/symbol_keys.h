// Where symbol files and their compiled caches lie in the BlobStore, and which names may be asked for at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/store/symbol_records.h"

namespace cairn::symbol_store {

// The three parts of a symbol file's path: "libfoo.so", "0123...EF0", "libfoo.so.sym".
struct SymbolName {
  std::string debug_file;
  std::string debug_id;  // Upper-case.
  std::string symbol_file;

  std::string Path() const { return debug_file + "/" + debug_id + "/" + symbol_file; }
  friend auto operator<=>(const SymbolName&, const SymbolName&) = default;
};

// Nothing unless both names are plain (Tecken's rule: UTF-8 without control bytes, slashes of either kind,
// any of
// ^`><{}[]#%"'| and U+0080 to U+00FF; here also neither "." nor ".." nor too long for a key) and the id is
// hexadecimal.
std::optional<SymbolName> MakeSymbolName(std::string_view debug_file, std::string_view debug_id,
                                         std::string_view symbol_file);
// Of "file/id/file".
std::optional<SymbolName> ParseSymbolPath(std::string_view path);

// Windows does not tell letter cases apart: of its files (.pdb, .dll, .exe) names in all of them mean the
// same, and have one key.
std::string SymbolKey(store::SymbolClass symbol_class, const SymbolName& name);
// Of the cache that this version of Cairn reads; other versions have other keys.
std::string CacheKey(store::SymbolClass symbol_class, const SymbolName& name);
// Under which an earlier version kept the file of a Windows module; empty if that is the same.
std::string FormerSymbolKey(const SymbolName& name);

// What the keys of all symbol files of a class begin with.
std::string_view SymbolKeyPrefix(store::SymbolClass symbol_class);
// The name in a key that SymbolKey made, in the letter case that it has there; nothing for another key.
std::optional<SymbolName> NameInKey(std::string_view key);

// Of ASCII letters.
std::string LowerCase(std::string_view text);

}  // namespace cairn::symbol_store
