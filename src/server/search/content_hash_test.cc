#include "server/search/content_hash.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchContentHash, PartsKeepTheirBorders) {
  EXPECT_NE(ContentHash().Add("ab").Add("c").Finish(), ContentHash().Add("a").Add("bc").Finish());
  EXPECT_NE(ContentHash().Add("a").Finish(), ContentHash().Add("a").Add("").Finish());
  EXPECT_EQ(ContentHash().Add("a").Add(std::uint64_t{7}).Finish(),
            ContentHash().Add("a").Add(std::uint64_t{7}).Finish());
}

// Ids lie in files: they must never change.
TEST(ServerSearchContentHash, IdsAreTheSameForAllTime) {
  EXPECT_EQ(ContentHash().Finish(), -2289122271320946329);
  EXPECT_EQ(ContentHash().Add("module").Add(std::uint64_t{0x1234}).Finish(), -5654153528030067120);
}

}  // namespace
}  // namespace cairn::search
