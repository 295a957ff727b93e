// Where symbol files and their compiled caches lie in the BlobStore, and which names may be asked for at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::symbol_store {

// The three parts of a symbol file's path: "libfoo.so", "0123...EF0", "libfoo.so.sym".
struct SymbolName {
  std::string debug_file;
  std::string debug_id;  // Upper-case.
  std::string symbol_file;

  std::string Path() const { return debug_file + "/" + debug_id + "/" + symbol_file; }
  friend auto operator<=>(const SymbolName&, const SymbolName&) = default;
};

// Nothing unless both names are plain (Tecken's rule: no control bytes, no slashes of either kind, none of
// ^`><{}[]#%"'| and no byte from 0x80 up) and the id is hexadecimal.
std::optional<SymbolName> MakeSymbolName(std::string_view debug_file, std::string_view debug_id,
                                         std::string_view symbol_file);
// Of "file/id/file".
std::optional<SymbolName> ParseSymbolPath(std::string_view path);

std::string SymbolKey(const SymbolName& name);
// Of the cache that this version of Cairn reads; other versions have other keys.
std::string CacheKey(const SymbolName& name);

}  // namespace cairn::symbol_store
