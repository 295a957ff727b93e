#include "server/http/message.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

TEST(MessageTest, QueryIsDecodedInOrder) {
  const auto fields = ParseQuery("a=1&b=x%20y+z&a=2&flag&=v");
  ASSERT_TRUE(fields);
  const QueryFields expected = {{"a", "1"}, {"b", "x y z"}, {"a", "2"}, {"flag", ""}, {"", "v"}};
  EXPECT_EQ(*fields, expected);
  EXPECT_FALSE(ParseQuery("a=%4"));
  EXPECT_FALSE(ParseQuery("a=%zz"));
}

TEST(MessageTest, PathIsSplitBeforeItIsDecoded) {
  using Segments = std::vector<std::string>;
  EXPECT_EQ(SplitPath("/"), Segments{});
  EXPECT_EQ(SplitPath("/a%2Fb/c+d"), (Segments{"a/b", "c+d"}));
  EXPECT_EQ(SplitPath("/a/"), (Segments{"a", ""}));
}

TEST(MessageTest, PathTricksAreRefused) {
  for (const char* path : {"", "a", "*", "/..", "/a/../b", "/%2e%2e/x", "/a/%00", "/%0a", "/a%", "/./x"}) {
    EXPECT_FALSE(SplitPath(path)) << path;
  }
}

TEST(MessageTest, ErrorsAreJson) {
  EXPECT_EQ(ErrorResponse(400, "a \"b\"").body, "{\"error\":\"a \\\"b\\\"\"}");
}

}  // namespace
}  // namespace cairn::http
