#include "server/oidc/base64url.h"

#include <gtest/gtest.h>

namespace cairn::oidc {
namespace {

TEST(Base64UrlTest, BytesComeBack) {
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("\xff\xfe\xfd\0", 4), std::string("abc")})
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
  EXPECT_EQ(EncodeBase64Url("\xff\xfe"), "__4");
  for (const char* const text : {"__4=", "//4", "a", "a b", "a\n"})
    EXPECT_FALSE(DecodeBase64Url(text)) << text;
}

}  // namespace
}  // namespace cairn::oidc
