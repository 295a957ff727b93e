// Any text as the path of a symbol file: what is taken becomes a key that every BlobStore can hold.
#include "server/symbol_store/symbol_keys.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void CheckKey(std::string_view key, std::size_t slashes) {
  for (const char c : key) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && std::string_view("./_@-+").find(c) == std::string_view::npos) std::abort();
    slashes -= c == '/';
  }
  if (slashes != 0 || key.find("/.") != std::string_view::npos || key.find("//") != std::string_view::npos) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const auto name =
      symbol_store::ParseSymbolPath({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (const auto in_key = symbol_store::NameInKey(
          "v1/symbols/" + std::string(static_cast<const char*>(static_cast<const void*>(data)), size))) {
    CheckKey(symbol_store::SymbolKey(store::SymbolClass::kRegular, *in_key), 4);
  }
  if (!name) return 0;
  const std::string key = symbol_store::SymbolKey(store::SymbolClass::kRegular, *name);
  CheckKey(key, 4);
  CheckKey(symbol_store::CacheKey(store::SymbolClass::kTry, *name), 5);
  const auto named = symbol_store::NameInKey(key);
  if (!named || symbol_store::SymbolKey(store::SymbolClass::kRegular, *named) != key) std::abort();
  if (symbol_store::ParseSymbolPath(name->Path()) != name) std::abort();
  return 0;
}
