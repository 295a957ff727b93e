#include "server/oidc/web_key.h"

#include <gtest/gtest.h>

namespace cairn::oidc {
namespace {

TEST(WebKeyTest, KeysThatAreNoneAreRefused) {
  const std::string exponent("\x01\x00\x01", 3);
  EXPECT_TRUE(RsaKeyAsPem(std::string(256, '\xff'), exponent));
  EXPECT_FALSE(RsaKeyAsPem(std::string(128, '\xff'), exponent)) << "1024 bits";
  EXPECT_FALSE(RsaKeyAsPem(std::string(2048, '\xff'), exponent)) << "too long to check";
  EXPECT_FALSE(RsaKeyAsPem(std::string(256, '\xff'), ""));
  EXPECT_FALSE(RsaKeyAsPem("", exponent));
  // The generator of P-256 (SEC 2, section 2.4.2).
  const std::string x(
      "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4"
      "\xa1"
      "\x39\x45\xd8\x98\xc2\x96",
      32);
  const std::string y(
      "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb"
      "\xb6"
      "\x40\x68\x37\xbf\x51\xf5",
      32);
  EXPECT_TRUE(CurveKeyAsPem("P-256", x, y));
  EXPECT_FALSE(CurveKeyAsPem("P-256", y, x)) << "a point that is not on the curve";
  EXPECT_FALSE(CurveKeyAsPem("P-256", x, y.substr(1)));
  EXPECT_FALSE(CurveKeyAsPem("secp256k1", x, y));
}

}  // namespace
}  // namespace cairn::oidc
