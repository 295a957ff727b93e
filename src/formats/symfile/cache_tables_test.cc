#include "formats/symfile/cache_tables.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/symfile/packed_table.h"
#include "formats/symfile/string_blocks.h"

namespace cairn::symfile {
namespace {

using ByteTable = std::vector<std::byte>;

std::vector<std::string> TextsOf(const StringTable& strings) {
  CacheTables tables;
  strings.Finish(tables);
  const auto& places = std::get<ByteTable>(tables[Section::kStrings]);
  const auto& directory = std::get<std::vector<std::uint32_t>>(tables[Section::kStringBlocks]);
  const StringBlocks blocks(places, std::as_bytes(std::span(directory)),
                            std::get<ByteTable>(tables[Section::kStringBytes]));
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < PackedTable<2>(places).rows(); ++i) texts.push_back(blocks.At(i));
  return texts;
}

TEST(SymbolCacheTables, HeaderAndSectionsLieWhereTheDocumentSays) {
  CacheTables tables;
  tables[Section::kHead] = std::vector<std::uint32_t>{7};
  tables[Section::kSegments] = std::vector<std::uint32_t>{0x55667788};
  const std::vector<std::byte> cache = WriteCache(tables, 3);
  EXPECT_EQ(base::AsText(cache).substr(0, 8), "CairnSym");
  EXPECT_EQ(ReadAt<std::uint32_t>(cache, 8), kSymbolCacheVersion);
  EXPECT_EQ(ReadAt<std::uint32_t>(cache, 12), 21u);
  EXPECT_EQ(ReadAt<std::uint64_t>(cache, 16), cache.size());
  EXPECT_EQ(ReadAt<std::uint64_t>(cache, 40), 3u);
  const auto head = ReadAt<std::uint64_t>(cache, 48);
  EXPECT_EQ(head, 48u + 21 * 16);
  EXPECT_EQ(ReadAt<std::uint64_t>(cache, 56), 4u);
  EXPECT_EQ(ReadAt<std::uint32_t>(cache, head), 7u);
  EXPECT_EQ(ReadAt<std::uint64_t>(cache, 64), head + 8) << "sections begin at multiples of eight";
  EXPECT_EQ(cache[head + 8], std::byte{0x88}) << "little-endian";
}

TEST(SymbolCacheTables, ChecksumIsThatOfTheDocument) {
  const auto word = [](std::uint64_t sum, std::uint64_t value) {
    sum = (sum ^ value) * 0x9e3779b97f4a7c15;
    return sum ^ (sum >> 29);
  };
  EXPECT_EQ(Checksum({}), 0u);
  EXPECT_EQ(Checksum(base::AsBytes("12345678ab")), word(word(word(10, 0x3837363534333231), 'a'), 'b'));
}

TEST(SymbolCacheTables, StringsAreStoredOnce) {
  StringTable strings;
  const std::string again = "alpha";
  EXPECT_EQ(strings.Add("alpha"), 0u);
  EXPECT_EQ(strings.Add(""), 1u);
  EXPECT_EQ(strings.Add("beta"), 2u);
  EXPECT_EQ(strings.Add(again), 0u);
  EXPECT_EQ(TextsOf(strings), (std::vector<std::string>{"alpha", "", "beta"}));
}

TEST(SymbolCacheTables, ManyStringsKeepTheirNumbers) {
  std::vector<std::string> texts;
  for (int i = 0; i < 5000; ++i) texts.push_back("name " + std::to_string(i));
  StringTable strings;
  for (std::uint32_t i = 0; i < texts.size(); ++i) ASSERT_EQ(strings.Add(texts[i]), i);
  for (std::uint32_t i = 0; i < texts.size(); ++i) ASSERT_EQ(strings.Add(texts[i]), i);
}

TEST(SymbolCacheTables, LongNamesAreCutBetweenCharacters) {
  // The last character has two bytes, the second of which would be one too many.
  const std::string text = std::string(kMaxNameBytes - 1, 'x') + "\xc3\xa4";
  StringTable strings;
  strings.Add(text);
  EXPECT_EQ(TextsOf(strings).front().size(), kMaxNameBytes - 1);
}

TEST(SymbolCacheTables, SlotsOfSparseIds) {
  SlotTable slots;
  EXPECT_EQ(slots.SlotOf(70), 0u);
  slots.SetString(~std::uint64_t{0}, 5);
  EXPECT_EQ(slots.SlotOf(~std::uint64_t{0}), 1u);
  slots.SetString(70, 3);
  slots.SetString(70, 4);
  EXPECT_EQ(slots.SlotOf(71), 2u);
  const ByteTable bytes = std::move(slots).Finish();
  const PackedTable<1> table(bytes);
  ASSERT_EQ(table.rows(), 3u);
  EXPECT_EQ(table.At(0)[0], 5u);
  EXPECT_EQ(table.At(1)[0], 6u);
  EXPECT_EQ(table.At(2)[0], 0u) << "no record came";
}

}  // namespace
}  // namespace cairn::symfile
