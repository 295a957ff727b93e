#include "formats/dwarf/leb128.h"

#include <string_view>

#include <gtest/gtest.h>

namespace cairn::dwarf {
namespace {

std::uint64_t Unsigned(std::string_view bytes) {
  base::ByteReader reader(base::AsBytes(bytes));
  return ReadUnsignedLeb128(reader);
}

std::int64_t Signed(std::string_view bytes) {
  base::ByteReader reader(base::AsBytes(bytes));
  return ReadSignedLeb128(reader);
}

TEST(Leb128, ReadsTheStandardsExamples) {
  // DWARF 5 tables 7.7 and 7.8.
  EXPECT_EQ(Unsigned("\x02"), 2u);
  EXPECT_EQ(Unsigned("\x7f"), 127u);
  EXPECT_EQ(Unsigned("\x80\x01"), 128u);
  EXPECT_EQ(Unsigned("\xb9\x64"), 12857u);
  EXPECT_EQ(Signed("\x02"), 2);
  EXPECT_EQ(Signed("\x7e"), -2);
  EXPECT_EQ(Signed("\x81\x7f"), -127);
  EXPECT_EQ(Signed("\x80\x7f"), -128);
}

TEST(Leb128, KeepsSixtyFourBitsAndDropsTheRest) {
  EXPECT_EQ(Unsigned("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), ~std::uint64_t{0});
  EXPECT_EQ(Signed("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), -1);
}

TEST(Leb128, NumberWithoutAnEndFails) {
  base::ByteReader reader(base::AsBytes("\xff\xff"));
  ReadUnsignedLeb128(reader);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace cairn::dwarf
