#include "model/module.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace cairn::model {
namespace {

TEST(DebugId, OfABuildIdIsALittleEndianGuidWithAgeZero) {
  // 00112233 4455 6677 8899aabbccddeeff | ...: the first three fields swap their bytes.
  const auto build_id = base::HexToBytes("00112233445566778899aabbccddeeff01020304");
  EXPECT_EQ(DebugIdFromBuildId(*build_id).text, "33221100554477668899AABBCCDDEEFF0");
}

TEST(DebugId, ShortBuildIdIsPaddedAndZeroIsNone) {
  EXPECT_EQ(DebugIdFromBuildId(*base::HexToBytes("01")).text, "000000010000000000000000000000000");
  EXPECT_TRUE(DebugIdFromBuildId({}).empty());
  EXPECT_TRUE(DebugIdFromBuildId(*base::HexToBytes("0000")).empty());
}

TEST(DebugId, ParsesEitherCaseAndRefusesTheRest) {
  EXPECT_EQ(ParseDebugId("33221100554477668899aabbccddeeff0")->text, "33221100554477668899AABBCCDDEEFF0");
  EXPECT_EQ(ParseDebugId("33221100554477668899aabbccddeeff1A")->text, "33221100554477668899AABBCCDDEEFF1a");
  EXPECT_FALSE(ParseDebugId("33221100554477668899aabbccddeeff").has_value()) << "no age";
  EXPECT_FALSE(ParseDebugId("../../../etc/passwd/../../../../../..").has_value());
}

TEST(Module, OffsetsAndBounds) {
  const Module module{.base = {0x1000}, .size = 0x100};
  EXPECT_TRUE(module.Contains({0x10ff}));
  EXPECT_FALSE(module.Contains({0x1100}));
  EXPECT_FALSE(module.Contains({0xfff}));
  EXPECT_EQ(module.OffsetOf({0x1010}), ModuleOffset{0x10});
}

TEST(Module, AddressesBeforeItsOwnStartAreNotIn) {
  const Module module{.base = {0x1000}, .size = 0x100, .own_start = 0x40};
  EXPECT_FALSE(module.Contains({0x103f}));
  EXPECT_TRUE(module.Contains({0x1040}));
  EXPECT_EQ(module.OffsetOf({0x1040}).value, 0x40u) << "offsets count from the base all the same";
}

TEST(BaseName, TakesEitherSlash) {
  EXPECT_EQ(BaseName("/usr/lib/libc.so.6"), "libc.so.6");
  EXPECT_EQ(BaseName("C:\\Windows\\ntdll.dll"), "ntdll.dll");
  EXPECT_EQ(BaseName("plain"), "plain");
}

}  // namespace
}  // namespace cairn::model
