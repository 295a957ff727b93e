#include <cstdlib>
#include <string_view>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"

// Compiles arbitrary text; what comes out must be a sound cache that answers at the addresses of its first
// symbols.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const auto compiled = symfile::CompileSymbolCache(std::as_bytes(std::span(data, size)));
  if (!compiled) return 0;
  const auto cache = symfile::SymbolCache::Open(compiled->cache);
  if (!cache || !cache->ChecksumMatches()) std::abort();
  for (std::uint64_t offset = 0x1000; offset < 0x1100; offset += 3) {
    const auto found = cache->Symbolize({offset});
    if (found && cache->FindCode({offset}) != model::CodeAt::kFunction) std::abort();
    (void)cache->FindUnwindRow({offset});
  }
  return 0;
}
