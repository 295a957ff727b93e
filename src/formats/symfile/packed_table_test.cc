#include "formats/symfile/packed_table.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

TEST(SymbolPackedTable, RowsComeBack) {
  std::vector<std::array<std::uint32_t, 3>> rows;
  for (std::uint32_t i = 0; i < 1000; ++i) rows.push_back({i * 7919, 5, i % 3 == 0 ? 0xffffffff : i});
  PackedTableWriter<3> writer;
  for (const auto& row : rows) writer.Add(row);
  EXPECT_EQ(writer.rows(), 1000u);
  const std::vector<std::byte> bytes = writer.Finish();
  const PackedTable<3> table(bytes);
  ASSERT_EQ(table.rows(), rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) EXPECT_EQ(table.At(i), rows[i]) << i;
  EXPECT_EQ(table.At(1000), (std::array<std::uint32_t, 3>{}));
}

TEST(SymbolPackedTable, NeighboursThatAreAlikeTakeNoBits) {
  PackedTableWriter<1> writer;
  for (int i = 0; i < 64; ++i) writer.Add({123456789});
  // Count, one offset, one smallest number, one width, and the padding.
  EXPECT_EQ(writer.Finish().size(), 4u + 4 + 5 + kBitPadding);
}

TEST(SymbolPackedTable, RowsAreCountedByTheirFirstColumn) {
  PackedTableWriter<1> writer;
  for (std::uint32_t i = 0; i < 200; ++i) writer.Add({10 * i});
  const std::vector<std::byte> bytes = writer.Finish();
  const PackedTable<1> table(bytes);
  for (const std::uint32_t limit : {0u, 9u, 10u, 639u, 640u, 1989u, 1990u, 5000u}) {
    EXPECT_EQ(table.CountWhile([&](const auto& row) { return row[0] <= limit; }),
              std::min(limit / 10 + 1, 200u));
  }
  EXPECT_EQ(table.CountWhile([](const auto&) { return false; }), 0u);
  EXPECT_EQ(PackedTable<1>().CountWhile([](const auto&) { return true; }), 0u);
}

TEST(SymbolPackedTable, DamageIsOnlyAWrongRow) {
  PackedTableWriter<2> writer;
  for (std::uint32_t i = 0; i < 100; ++i) writer.Add({i, i * i});
  std::vector<std::byte> bytes = writer.Finish();
  for (std::byte& damaged : bytes) {
    const std::byte before = damaged;
    for (const int value : {0, 1, 0x7f, 0xff}) {
      damaged = static_cast<std::byte>(value);
      const PackedTable<2> table(bytes);
      for (const std::uint32_t row : {0u, 63u, 64u, 99u, 0xfffffffeu}) (void)table.At(row);
    }
    damaged = before;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    (void)PackedTable<2>(base::Bytes(bytes).first(size)).At(99);
  }
}

TEST(SymbolPackedTable, BitsOfEveryWidth) {
  std::vector<std::byte> bytes;
  BitWriter writer(bytes);
  for (std::uint32_t width = 0; width <= 32; ++width) {
    writer.Put(width == 0 ? 0 : 0xffffffffu >> (32 - width), width);
    writer.Put(0, 1);
  }
  writer.Align();
  bytes.resize(bytes.size() + kBitPadding);
  std::uint64_t bit = 0;
  for (std::uint32_t width = 0; width <= 32; ++width) {
    EXPECT_EQ(BitsAt(bytes, bit, width), width == 0 ? 0 : 0xffffffffu >> (32 - width));
    EXPECT_EQ(BitsAt(bytes, bit + width, 1), 0u);
    bit += width + 1;
  }
  EXPECT_EQ(BitsAt(bytes, bytes.size() * 8, 8), 0u) << "behind the end";
}

}  // namespace
}  // namespace cairn::symfile
