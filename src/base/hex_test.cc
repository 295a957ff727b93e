#include "base/hex.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(Hex, ParsesDigitsOnly) {
  EXPECT_EQ(ParseHex("1F"), 31u);
  EXPECT_EQ(ParseHex("ffffffffffffffff"), ~std::uint64_t{0});
  for (const char* bad : {"", "-1", "0x1", "1g", " 1", "1 ", "10000000000000000"}) {
    EXPECT_EQ(ParseHex(bad), std::nullopt) << bad;
  }
}

TEST(Hex, PadsAddresses) {
  EXPECT_EQ(ToHex(0), "0");
  EXPECT_EQ(ToAddress(0x1f, 8), "0x0000001f");
  EXPECT_EQ(ToAddress(0x1f), "0x000000000000001f");
}

TEST(Hex, BytesThereAndBack) {
  const auto bytes = HexToBytes("00ffA5");
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(BytesToHex(*bytes), "00ffa5");
  EXPECT_EQ(HexToBytes("0"), std::nullopt);
  EXPECT_EQ(HexToBytes("zz"), std::nullopt);
}

}  // namespace
}  // namespace cairn::base
