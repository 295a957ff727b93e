#include "base/byte_reader.h"

#include <array>

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

constexpr std::array kEight = {std::byte{0x01}, std::byte{0x02}, std::byte{0x03}, std::byte{0x04},
                               std::byte{0x05}, std::byte{0x06}, std::byte{0x07}, std::byte{0x08}};

TEST(ByteReader, ReadsBothByteOrders) {
  EXPECT_EQ(ByteReader(kEight).Read<std::uint32_t>(), 0x04030201u);
  EXPECT_EQ(ByteReader(kEight, std::endian::big).Read<std::uint32_t>(), 0x01020304u);
}

TEST(ByteReader, ReadPastTheEndIsZeroAndSticks) {
  ByteReader reader(kEight);
  reader.Skip(6);
  EXPECT_EQ(reader.Read<std::uint32_t>(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Read<std::uint8_t>(), 0u) << "a failed reader gives nothing more";
}

TEST(ByteReader, CountThatTheRestCannotHoldFails) {
  // 01 00 00 00 | 4 bytes: one element of four bytes fits, one of five does not.
  std::array<std::byte, 8> bytes{};
  bytes[0] = std::byte{1};
  ByteReader fits(bytes);
  EXPECT_EQ(fits.ReadCount(4), 1u);
  EXPECT_TRUE(fits.ok());
  ByteReader lacks(bytes);
  EXPECT_EQ(lacks.ReadCount(5), 0u);
  EXPECT_FALSE(lacks.ok());
}

TEST(ByteReader, SliceRefusesWhatWrapsAround) {
  EXPECT_TRUE(Slice(kEight, 8, 0).has_value());
  EXPECT_FALSE(Slice(kEight, 9, 0).has_value());
  EXPECT_FALSE(Slice(kEight, 4, ~std::uint64_t{0}).has_value());
}

}  // namespace
}  // namespace cairn::base
