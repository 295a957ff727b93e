#include "formats/minidump/guid.h"

#include <gtest/gtest.h>

namespace cairn::minidump {
namespace {

TEST(Guid, NumbersHaveTheFilesByteOrder) {
  std::array<std::byte, kGuidBytes> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(0xa0 + i);
  base::ByteReader little(bytes, std::endian::little);
  EXPECT_EQ(ReadGuid(little), "A3A2A1A0A5A4A7A6A8A9AAABACADAEAF");
  base::ByteReader big(bytes, std::endian::big);
  EXPECT_EQ(ReadUuid(big), "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
  EXPECT_FALSE((ReadUuid(big), big.ok())) << "no bytes are left";
}

}  // namespace
}  // namespace cairn::minidump
