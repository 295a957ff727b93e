#include "server/http/header_text.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

TEST(HeaderTextTest, BlanksAndCapitalsGo) {
  EXPECT_EQ(Trim(" \t a b\t\r"), "a b");
  EXPECT_EQ(Trim(" \t"), "");
  EXPECT_EQ(LowerCase("X-Sent-By: \xc3\x84Z"), "x-sent-by: \xc3\x84z");
}

TEST(HeaderTextTest, OnlyWhoSaysSoGetsGzip) {
  for (const char* header : {"gzip", "gzip, deflate", "br, GZIP;q=0.1", "*", "x-gzip", "deflate,gzip"}) {
    EXPECT_TRUE(AcceptsGzip(header)) << header;
  }
  for (const char* header : {"", "identity", "gzip;q=0", "gzip; q=0.000, *", "br", "*;q=0", "gzippy"}) {
    EXPECT_FALSE(AcceptsGzip(header)) << header;
  }
}

TEST(HeaderTextTest, AnEntityTagIsFoundInAList) {
  for (const char* header : {"\"ab\"", "W/\"ab\"", "\"x\", \"ab\"", "*"}) {
    EXPECT_TRUE(NamesEntityTag(header, "\"ab\"")) << header;
  }
  for (const char* header : {"", "ab", "\"abc\"", "\"x\",\"y\""}) {
    EXPECT_FALSE(NamesEntityTag(header, "\"ab\"")) << header;
  }
}

}  // namespace
}  // namespace cairn::http
