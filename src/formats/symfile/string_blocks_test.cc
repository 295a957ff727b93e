#include "formats/symfile/string_blocks.h"

#include <algorithm>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

class SymbolStringBlocks : public testing::Test {
 protected:
  // Each text stands alone, so that the compressor finds little.
  static std::string TextOf(std::uint32_t number) {
    std::string text;
    std::uint32_t state = number;
    for (int i = 0; i < 300; ++i) {
      state = state * 1664525 + 1013904223;
      text += static_cast<char>('a' + (state >> 24) % 26);
    }
    return text;
  }

  void Write(std::uint32_t count) {
    StringTable table;
    std::vector<std::string> texts;
    for (std::uint32_t i = 0; i < count; ++i) texts.push_back(TextOf(i));
    for (const std::string& text : texts) table.Add(text);
    CacheTables tables;
    table.Finish(tables);
    strings_ = std::get<std::vector<std::byte>>(tables[Section::kStrings]);
    directory_ = std::get<std::vector<std::uint32_t>>(tables[Section::kStringBlocks]);
    bytes_ = std::get<std::vector<std::byte>>(tables[Section::kStringBytes]);
  }
  StringBlocks Read() { return StringBlocks(strings_, std::as_bytes(std::span(directory_)), bytes_); }

  std::vector<std::byte> strings_;
  std::vector<std::uint32_t> directory_;
  std::vector<std::byte> bytes_;
};

TEST_F(SymbolStringBlocks, BlocksThatWereAskedForAreKept) {
  Write(100);
  const StringBlocks blocks = Read();
  EXPECT_EQ(blocks.At(0), TextOf(0));
  EXPECT_EQ(blocks.At(1), TextOf(1));
  EXPECT_EQ(blocks.At(99), TextOf(99));
  EXPECT_EQ(blocks.At(100), "");
  EXPECT_EQ(blocks.counts().misses, 2u);
  EXPECT_EQ(blocks.counts().hits, 1u);
}

TEST_F(SymbolStringBlocks, OldBlocksMakeRoom) {
  Write(8'000);  // 2.4 MB
  const StringBlocks blocks = Read();
  for (int turn = 0; turn < 2; ++turn) {
    for (std::uint32_t i = 0; i < 8'000; ++i) ASSERT_EQ(blocks.At(i), TextOf(i));
  }
  EXPECT_EQ(blocks.counts().misses, directory_.size()) << "of each block twice: none outlives a whole turn";
}

TEST_F(SymbolStringBlocks, ShortBlocksAreStoredAsTheyAre) {
  Write(3);
  EXPECT_EQ(bytes_.size(), 3 * TextOf(0).size());
  EXPECT_EQ(Read().At(2), TextOf(2));
  Write(30);
  EXPECT_LT(bytes_.size(), 30 * TextOf(0).size());
  EXPECT_EQ(Read().At(29), TextOf(29));
}

TEST_F(SymbolStringBlocks, ManyTextsShareADictionary) {
  Write(3'000);  // 0.9 MB
  EXPECT_EQ(directory_[0], 0u) << "no dictionary";
  EXPECT_LT(directory_.size(), 120u) << "some 57 blocks";
  Write(4'000);  // 1.2 MB
  EXPECT_GT(directory_[0], 1'000u);
  EXPECT_GT(directory_.size(), 1'800u) << "some 1000 blocks";
  EXPECT_LT(bytes_.size(), 4'000u * 300 * 4 / 5) << "short blocks are compressed too";
  const StringBlocks blocks = Read();
  for (std::uint32_t i = 0; i < 4'000; i += 19) ASSERT_EQ(blocks.At(i), TextOf(i));
}

TEST_F(SymbolStringBlocks, DamagedDictionaryGivesNoTexts) {
  Write(4'000);
  std::fill_n(bytes_.begin() + 8, directory_[0] / 2, std::byte{0xff});
  EXPECT_EQ(Read().At(0), "") << "its tables are damaged";
  Write(4'000);
  bytes_.insert(bytes_.begin(), 100'000, std::byte{0});
  for (std::size_t block = 0; block < directory_.size(); block += 2) directory_[block] += 100'000;
  EXPECT_EQ(Read().At(0), "") << "no dictionary is that large";
}

TEST_F(SymbolStringBlocks, ManyThreadsMayAsk) {
  Write(8'000);
  const StringBlocks blocks = Read();
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&blocks, t] {
      for (std::uint32_t i = t; i < 8'000; i += 7) EXPECT_EQ(blocks.At(i), TextOf(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SymbolStringBlocks, DamagedBlockHasNoTexts) {
  Write(10);
  directory_[1] = 0xffffffff;
  EXPECT_EQ(Read().At(0), "") << "no block is that large";
  directory_[1] = 4000;
  EXPECT_EQ(Read().At(0), "") << "not its size";
  Write(10);
  bytes_[0] ^= std::byte{1};
  EXPECT_EQ(Read().At(0), "");
  bytes_.clear();
  EXPECT_EQ(Read().At(0), "");
}

}  // namespace
}  // namespace cairn::symfile
