// Any text as the path of a symbol file: what is taken becomes a key that every BlobStore can hold.
#include "server/symbol_store/symbol_keys.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
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
  if (!name) return 0;
  CheckKey(symbol_store::SymbolKey(*name), 4);
  CheckKey(symbol_store::CacheKey(*name), 5);
  if (symbol_store::ParseSymbolPath(name->Path()) != name) std::abort();
  return 0;
}
