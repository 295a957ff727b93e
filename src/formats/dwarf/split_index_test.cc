#include "formats/dwarf/split_index.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn::dwarf {
namespace {

std::string Number(std::uint64_t value, int bytes = 4) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xff);
  return text;
}

// Two units in a table of four places, the second of which collides with the first. Columns: info,
// abbreviations, what no reader knows, and 8: lists of ranges from version 5 on.
std::string Index(std::uint32_t version) {
  std::string index = Number(version) + Number(4) + Number(2) + Number(4);
  for (const std::uint64_t id : {0, 0x11, 0x21, 0}) index += Number(id, 8);
  for (const std::uint32_t row : {0, 1, 2, 0}) index += Number(row);
  for (const std::uint32_t kind : {1, 3, 99, 8}) index += Number(kind);
  for (const std::uint32_t offset : {0, 0, 0, 2}) index += Number(offset);
  for (const std::uint32_t offset : {6, 1, 0, 4}) index += Number(offset);
  for (const std::uint32_t size : {6, 1, 9, 2}) index += Number(size);
  for (const std::uint32_t size : {3, 2, 9, 900}) index += Number(size);
  return index;
}

class SplitIndex : public testing::Test {
 protected:
  SplitIndex() {
    package_.info = base::AsBytes("first-two");
    package_.abbreviations = base::AsBytes("abbreviations");
    package_.range_lists = base::AsBytes("ranges");
    package_.strings = base::AsBytes("strings");
  }
  DebugSections package_;
};

TEST_F(SplitIndex, GivesEachUnitItsPartOfEachSection) {
  const std::string index = Index(5);
  const auto first = FindInPackage(package_, base::AsBytes(index), 0x11);
  ASSERT_TRUE(first);
  EXPECT_EQ(base::AsText(first->info), "first-");
  EXPECT_EQ(base::AsText(first->abbreviations), "a");
  EXPECT_EQ(base::AsText(first->range_lists), "ng");
  EXPECT_EQ(base::AsText(first->strings), "strings") << "are shared";
  const auto second = FindInPackage(package_, base::AsBytes(index), 0x21);
  ASSERT_TRUE(second);
  EXPECT_EQ(base::AsText(second->info), "two");
  EXPECT_EQ(base::AsText(second->abbreviations), "bb");
  EXPECT_TRUE(second->range_lists.empty()) << "longer than the section";
}

TEST_F(SplitIndex, OfVersion2ColumnEightIsNoListOfRanges) {
  const std::string index = Index(2);
  const auto first = FindInPackage(package_, base::AsBytes(index), 0x11);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->range_lists.empty());
}

TEST_F(SplitIndex, WhatIsNotThereOrBrokenIsNothing) {
  const std::string index = Index(5);
  EXPECT_FALSE(FindInPackage(package_, base::AsBytes(index), 0x31));
  for (std::size_t size = 0; size < index.size(); ++size) {
    EXPECT_FALSE(FindInPackage(package_, base::AsBytes(index.substr(0, size)), 0x11)) << size;
  }
  EXPECT_FALSE(FindInPackage(package_, base::AsBytes(Index(7)), 0x11));
}

}  // namespace
}  // namespace cairn::dwarf
