#include "server/search/uuid.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchUuid, OnlyWholeUuidsAreRead) {
  const auto uuid = ParseUuid("01234567-89AB-cdef-0123-456789abcdef");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->upper, 0x0123456789abcdefU);
  EXPECT_EQ(uuid->lower, 0x0123456789abcdefU);
  for (const std::string_view text :
       {"", "01234567-89ab-cdef-0123-456789abcde", "0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdeg", "012345678-9ab-cdef-0123-456789abcdef",
        "{1234567-89ab-cdef-0123-456789abcde}", "+1234567-89ab-cdef-0123-456789abcdef"}) {
    EXPECT_FALSE(ParseUuid(text)) << text;
  }
}

TEST(ServerSearchUuid, NearIdsHaveFarHashes) {
  const UuidHash hash;
  EXPECT_NE(hash({1, 0}) >> 57, hash({1, 1}) >> 57);
  EXPECT_NE(hash({0, 1}) & 0xff, hash({0, 2}) & 0xff);
  EXPECT_NE(hash({1, 2}), hash({2, 1}));
}

}  // namespace
}  // namespace cairn::search
