// The contract of Bookmarks. Every implementation is a line in the table of directory_for_test.h.
#include "server/store/bookmarks.h"

#include <string>

#include "base/time_units.h"
#include "server/store/directory_for_test.h"

namespace cairn::store {
namespace {

class ServerStoreBookmarks : public DirectoryContract {
 protected:
  ServerStoreBookmarks() : bookmarks_(directory_->bookmarks()) {}
  Bookmarks& bookmarks_;
};

TEST(ServerStoreSiteUrl, OnlyPathsOfThisSiteAre) {
  for (const char* const url : {"/", "/search?product=Crashy&_facets=version#a", "/report/%2F", "/ü"})
    EXPECT_TRUE(IsSiteUrl(url)) << url;
  for (const char* const url : {"", "search", "//evil.example", "https://evil.example", "/\\evil.example",
                                "/a b", "/a\n", "javascript:alert(1)", "/\x7f"})
    EXPECT_FALSE(IsSiteUrl(url)) << url;
  EXPECT_TRUE(IsSiteUrl("/" + std::string(kMaxBookmarkUrlBytes - 1, 'a')));
  EXPECT_FALSE(IsSiteUrl("/" + std::string(kMaxBookmarkUrlBytes, 'a')));
}

TEST_P(ServerStoreBookmarks, ASearchIsItsUsersAndItsNameIsUnique) {
  const auto saved = bookmarks_.SaveSearch(1, "it's mine", "/search?a=1");
  ASSERT_TRUE(saved);
  ASSERT_TRUE(bookmarks_.SaveSearch(1, "a first", "/search?a=2"));
  ASSERT_TRUE(bookmarks_.SaveSearch(2, "it's mine", "/search?a=3"));
  now_ms_ += 5;
  const auto again = bookmarks_.SaveSearch(1, "it's mine", "/search?a=4");
  EXPECT_EQ(again->id, saved->id);
  const auto mine = bookmarks_.ListSearches(1);
  ASSERT_EQ(mine->size(), 2U);
  EXPECT_EQ((*mine)[0].name, "a first");
  EXPECT_EQ((*mine)[1].url, "/search?a=4");
  EXPECT_EQ((*mine)[1].created_ms, now_ms_);
  EXPECT_EQ(bookmarks_.RemoveSearch(2, saved->id).error().code, base::Code::kNotFound);
  ASSERT_TRUE(bookmarks_.RemoveSearch(1, saved->id));
  EXPECT_EQ(bookmarks_.RemoveSearch(1, saved->id).error().code, base::Code::kNotFound);
  EXPECT_EQ(bookmarks_.ListSearches(1)->size(), 1U);
  EXPECT_EQ(bookmarks_.ListSearches(2)->size(), 1U);
  EXPECT_EQ(bookmarks_.SaveSearch(1, "", "/").error().code, base::Code::kBadValue);
  EXPECT_EQ(bookmarks_.SaveSearch(1, "a", "//evil").error().code, base::Code::kBadValue);
}

TEST_P(ServerStoreBookmarks, OneUserKeepsOnlySoMany) {
  for (std::size_t i = 0; i < kMaxSavedSearchesOfUser; ++i)
    ASSERT_TRUE(bookmarks_.SaveSearch(1, std::to_string(i), "/"));
  EXPECT_EQ(bookmarks_.SaveSearch(1, "one more", "/").error().code, base::Code::kLimitExceeded);
  EXPECT_TRUE(bookmarks_.SaveSearch(1, "0", "/changed"));
  EXPECT_EQ(bookmarks_.ListSearches(1)->size(), kMaxSavedSearchesOfUser);
}

TEST_P(ServerStoreBookmarks, AShortLinkIsTheSameForTheSameUrl) {
  const auto id = bookmarks_.Shorten("/search?a=1");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 12U);
  EXPECT_EQ(*bookmarks_.Shorten("/search?a=1"), *id);
  EXPECT_NE(*bookmarks_.Shorten("/search?a=2"), *id);
  EXPECT_EQ(*bookmarks_.FindShortLink(*id), "/search?a=1");
  EXPECT_EQ(*bookmarks_.FindShortLink("222222222222"), std::nullopt);
  EXPECT_EQ(*bookmarks_.FindShortLink("' OR 1=1 --"), std::nullopt);
  EXPECT_EQ(bookmarks_.Shorten("https://evil.example").error().code, base::Code::kBadValue);
}

TEST_P(ServerStoreBookmarks, AShortLinkThatNobodyFollowsIsForgottenInTheEnd) {
  const auto followed = bookmarks_.Shorten("/search?a=1");
  const auto left = bookmarks_.Shorten("/search?a=2");
  now_ms_ += (kShortLinkDays - 1) * base::kDayMs;
  EXPECT_EQ(*bookmarks_.FindShortLink(*followed), "/search?a=1");
  now_ms_ += 2 * base::kDayMs;
  ASSERT_TRUE(bookmarks_.Shorten("/search?a=3"));
  EXPECT_EQ(*bookmarks_.FindShortLink(*left), std::nullopt);
  EXPECT_EQ(*bookmarks_.FindShortLink(*followed), "/search?a=1");
}

INSTANTIATE_TEST_SUITE_P(All, ServerStoreBookmarks, EveryDirectory(),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
