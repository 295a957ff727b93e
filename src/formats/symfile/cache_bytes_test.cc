#include "formats/symfile/cache_bytes.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"

namespace cairn::symfile {
namespace {

constexpr std::string_view kText = "0123456789abcdef";

// Reads from memory, but nothing from `readable` on.
class SourceOfMemory final : public CacheSource {
 public:
  explicit SourceOfMemory(base::Bytes bytes, std::uint64_t readable = ~std::uint64_t{0})
      : bytes_(bytes), readable_(readable) {}

  std::uint64_t size() const override { return bytes_.size(); }
  bool Read(std::uint64_t offset, std::span<std::byte> target) const override {
    ++reads_;
    const auto bytes = base::Slice(bytes_, offset, target.size());
    if (!bytes || offset + target.size() > readable_) return false;
    std::ranges::copy(*bytes, target.begin());
    return true;
  }
  int reads() const { return reads_; }

 private:
  base::Bytes bytes_;
  std::uint64_t readable_;
  mutable int reads_ = 0;
};

std::string_view ViewOf(const CacheBytes& bytes, std::uint64_t offset, std::size_t size) {
  static std::array<std::byte, kText.size()> scratch;
  const auto view = bytes.View(offset, size, std::span<std::byte>(scratch));
  return view ? base::AsText(*view) : "(none)";
}

TEST(SymbolCacheBytes, MemoryAndSourceAreAlike) {
  const SourceOfMemory source(base::AsBytes(kText));
  for (const CacheBytes& whole : {CacheBytes(base::AsBytes(kText)), CacheBytes(source)}) {
    EXPECT_EQ(whole.size(), 16u);
    EXPECT_EQ(ViewOf(whole, 10, 6), "abcdef");
    EXPECT_EQ(ViewOf(whole, 11, 6), "(none)") << "behind the end";
    EXPECT_EQ(ViewOf(whole, ~std::uint64_t{0}, 2), "(none)") << "no sum may wrap";
    EXPECT_FALSE(whole.Slice(11, 6));
    const auto part = whole.Slice(4, 8);
    ASSERT_TRUE(part);
    EXPECT_EQ(ViewOf(*part, 0, 8), "456789ab");
    EXPECT_EQ(ViewOf(*part, 4, 5), "(none)") << "behind the end of the part";
    EXPECT_EQ(part->At<std::uint16_t>(1), 0x3635) << "little-endian 56";
    EXPECT_EQ(part->At<std::uint16_t>(7), 0);
    std::array<std::byte, 4> scratch;
    EXPECT_EQ(base::AsText(part->ViewUpTo(6, scratch)), "ab");
    EXPECT_TRUE(part->ViewUpTo(9, scratch).empty());
    std::vector<std::byte> growing;
    const auto all = part->View(0, 8, growing);
    ASSERT_TRUE(all);
    EXPECT_EQ(base::AsText(*all), "456789ab");
    EXPECT_FALSE(part->View(0, std::size_t{1} << 40, growing)) << "before it would be reserved";
  }
}

TEST(SymbolCacheBytes, MemoryIsNotCopied) {
  const base::Bytes memory = base::AsBytes(kText);
  std::array<std::byte, 4> scratch;
  EXPECT_EQ(CacheBytes(memory).View(2, 4, std::span<std::byte>(scratch))->data(), memory.data() + 2);
}

TEST(SymbolCacheBytes, WhatCanNotBeReadIsNotThere) {
  const SourceOfMemory source(base::AsBytes(kText), 8);
  const CacheBytes bytes(source);
  EXPECT_EQ(ViewOf(bytes, 0, 8), "01234567");
  EXPECT_EQ(ViewOf(bytes, 0, 9), "(none)");
  EXPECT_EQ(bytes.At<std::uint32_t>(6), 0u);
  std::array<std::byte, 2> scratch;
  EXPECT_FALSE(bytes.View(0, 4, std::span<std::byte>(scratch))) << "there is no place for it";
}

TEST(SymbolCacheBytes, NothingIsInEmptyBytes) {
  EXPECT_TRUE(CacheBytes().empty());
  EXPECT_EQ(CacheBytes().At<std::uint32_t>(0), 0u);
}

constexpr std::string_view kSymbols =
    "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\nFILE 0 a.c\nFILE 1 b.h\n"
    "INLINE_ORIGIN 0 inlined\nFUNC 10 20 0 f\nINLINE 0 3 0 0 18 8\n10 8 1 0\n18 8 7 1\n20 10 2 0\n"
    "STACK CFI INIT 10 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n";

std::string FunctionAt(const SymbolCache& cache, std::uint64_t offset) {
  const auto found = cache.Symbolize({offset});
  return found ? found->location.function : "(none)";
}

TEST(SymbolCacheBytes, ACacheOfASourceGivesTheSameAnswers) {
  const auto compiled = CompileSymbolCache(base::AsBytes(kSymbols));
  const base::Bytes bytes = compiled->cache;
  const SourceOfMemory source(bytes);
  const base::Result<SymbolCache> mapped = SymbolCache::Open(bytes);
  const base::Result<SymbolCache> read = SymbolCache::Open(bytes, source);
  ASSERT_TRUE(mapped && read);
  const int reads_to_open = source.reads();
  EXPECT_LE(reads_to_open, 1) << "how many inline nodes there are";
  EXPECT_TRUE(read->FindUnwindRow({0x18}));
  EXPECT_EQ(source.reads(), reads_to_open) << "unwind rows lie in small tables";
  for (std::uint64_t offset = 0; offset < 0x40; ++offset) {
    EXPECT_EQ(read->FindIds({offset}), mapped->FindIds({offset})) << offset;
    EXPECT_EQ(FunctionAt(*read, offset), FunctionAt(*mapped, offset)) << offset;
  }
  EXPECT_GT(source.reads(), reads_to_open);
  const auto found = read->Symbolize({0x18});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->inlines.size(), 1u);
  EXPECT_EQ(found->inlines[0].function, "inlined");
  EXPECT_EQ(found->inlines[0].file, "b.h");
  EXPECT_EQ(found->location.file, "a.c");
}

TEST(SymbolCacheBytes, ACacheOfASourceThatFailsHasNoNames) {
  const auto compiled = CompileSymbolCache(base::AsBytes(kSymbols));
  const base::Bytes bytes = compiled->cache;
  const SourceOfMemory unreadable(bytes, 0);
  const SourceOfMemory shorter(bytes.first(100));
  for (const SourceOfMemory* source : {&unreadable, &shorter}) {
    const base::Result<SymbolCache> cache = SymbolCache::Open(bytes, *source);
    ASSERT_TRUE(cache.has_value());
    EXPECT_EQ(FunctionAt(*cache, 0x10), "(none)");
  }
}

}  // namespace
}  // namespace cairn::symfile
