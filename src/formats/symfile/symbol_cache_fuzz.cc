#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"

namespace {

using namespace cairn;

constexpr std::size_t kTableEnd =
    symfile::kHeaderBytes + symfile::kSectionCount * symfile::kSectionEntryBytes;

constexpr std::string_view kSymbols =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n"
    "FILE 0 a.c\nINLINE_ORIGIN 0 inner()\nINLINE_ORIGIN 1 innermost()\n"
    "FUNC 1000 20 0 main\nINLINE 0 10 0 0 1008 10\nINLINE 1 20 0 1 100c 8\n1000 10 9 0\n1010 10 21 0\n"
    "FUNC 1020 8 0 next\nPUBLIC 1030 0 exported\n"
    "STACK CFI INIT 1000 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\nSTACK CFI 1008 $rbp: .cfa -16 + ^ $rbx: "
    ".undef\nSTACK WIN 0 1000 20 1 2 4 8 c 10 0 1\nSTACK WIN 4 1010 10 1 2 14 18 1c 20 1 $eip 4 =\n";

// Makes the checks that guard against accidents pass, so that what is behind them is reached.
void MendHeader(std::vector<std::byte>& bytes) {
  if (bytes.size() < kTableEnd) return;
  const auto put = [&](std::size_t offset, auto value) {
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
  };
  put(symfile::kMagicOffset, symfile::kCacheMagic);
  put(symfile::kVersionOffset, symfile::kSymbolCacheVersion);
  put(symfile::kSectionCountOffset, static_cast<std::uint32_t>(symfile::kSectionCount));
  put(symfile::kFileSizeOffset, std::uint64_t{bytes.size()});
  const base::Bytes table =
      base::Bytes(bytes).subspan(symfile::kHeaderBytes, kTableEnd - symfile::kHeaderBytes);
  put(symfile::kTableChecksumOffset, symfile::Checksum(table));
}

// Reads what it is asked for from memory.
class SourceOfMemory final : public symfile::CacheSource {
 public:
  explicit SourceOfMemory(base::Bytes bytes) : bytes_(bytes) {}

  std::uint64_t size() const override { return bytes_.size(); }
  bool Read(std::uint64_t offset, std::span<std::byte> target) const override {
    const auto bytes = base::Slice(bytes_, offset, target.size());
    if (!bytes) __builtin_trap();  // The reader must not ask for what is not there.
    std::ranges::copy(*bytes, target.begin());
    return true;
  }

 private:
  base::Bytes bytes_;
};

void AskEverything(const base::Result<symfile::SymbolCache>& cache) {
  if (!cache) return;
  (void)cache->ChecksumMatches();
  (void)cache->generator();
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{0x1000}, ~std::uint64_t{0x40}}) {
    for (std::uint64_t offset = first; offset - first < 0x40; offset += 4) {
      (void)cache->Symbolize({offset});
      (void)cache->FindUnwindRow({offset});
      (void)cache->FindCode({offset});
      (void)cache->FindStackWin({offset});
    }
  }
}

void AskEverything(const std::vector<std::byte>& bytes) {
  AskEverything(symfile::SymbolCache::Open(bytes));
  const SourceOfMemory source(bytes);
  AskEverything(symfile::SymbolCache::Open(bytes, source));
}

}  // namespace

// Takes the input once as a cache, and once as edits of a sound cache: three bytes each, position and value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  AskEverything(bytes);
  MendHeader(bytes);
  AskEverything(bytes);

  static const auto kSound = symfile::CompileSymbolCache(base::AsBytes(kSymbols));
  std::vector<std::byte> edited = kSound->cache;
  for (std::size_t i = 0; i + 3 <= size; i += 3) {
    const std::size_t position = static_cast<std::size_t>(data[i] << 8 | data[i + 1]) % edited.size();
    edited[position] = static_cast<std::byte>(data[i + 2]);
  }
  MendHeader(edited);
  AskEverything(edited);
  return 0;
}
