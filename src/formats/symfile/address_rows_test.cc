#include "formats/symfile/address_rows.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

struct Written {
  CacheTables tables;

  base::Bytes BytesOf(Section section) {
    if (const auto* words = std::get_if<std::vector<std::uint32_t>>(&tables[section])) {
      return std::as_bytes(std::span(*words));
    }
    return std::get<std::vector<std::byte>>(tables[section]);
  }
  AddressRows rows() {
    return {BytesOf(Section::kSegments), BytesOf(Section::kBuckets), BytesOf(Section::kChunkIndex),
            BytesOf(Section::kChunks)};
  }
};

TEST(SymbolAddressRows, EveryAddressHasTheRowBeforeIt) {
  // Distances from 1 to some thousand, spans of 1 to 5 rows, all kinds of "none".
  AddressRowWriter writer;
  std::vector<std::pair<std::uint64_t, AddressRow>> expected;
  std::uint64_t address = 0x1000;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    AddressRow row{.span = i / 3, .file = i % 11, .line = i * 31 % 5000, .inline_node = i * 7};
    if (i % 5 == 0) row.file = kNone;
    if (i % 7 == 0) row.inline_node = kNone;
    writer.Add(address, row);
    expected.emplace_back(address, row);
    address += 1 + (i % 400 == 0 ? 70'000 : i % 13);
  }
  Written written;
  writer.Finish(written.tables);
  const AddressRows rows = written.rows();
  EXPECT_EQ(rows.Find(0xfff), AddressRow{});
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::uint64_t end = i + 1 < expected.size() ? expected[i + 1].first : expected[i].first + 5;
    ASSERT_EQ(rows.Find(expected[i].first), expected[i].second) << i;
    ASSERT_EQ(rows.Find(end - 1), expected[i].second) << i;
  }
  EXPECT_EQ(rows.Find(~std::uint64_t{0}), expected.back().second);
}

TEST(SymbolAddressRows, RowsFourGiBApartLieInSegments) {
  AddressRowWriter writer;
  const std::uint64_t addresses[] = {0, 0x1000, 0x100000000, 0x100001000, 0x7ff000001000, ~std::uint64_t{0}};
  for (std::uint32_t i = 0; i < std::size(addresses); ++i) writer.Add(addresses[i], {.span = i});
  Written written;
  writer.Finish(written.tables);
  EXPECT_GT(written.BytesOf(Section::kSegments).size(), kSegmentBytes);
  for (std::uint32_t i = 0; i < std::size(addresses); ++i) {
    EXPECT_EQ(written.rows().Find(addresses[i]).span, i);
    if (i == 0) continue;
    EXPECT_EQ(written.rows().Find(addresses[i] - 1).span, i - 1);
  }
}

TEST(SymbolAddressRows, ThereMayBeNone) {
  AddressRowWriter writer;
  Written written;
  writer.Finish(written.tables);
  EXPECT_TRUE(written.rows().empty());
  EXPECT_EQ(written.rows().Find(0), AddressRow{});
}

}  // namespace
}  // namespace cairn::symfile
