#include "server/http/static_site.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "os/file.h"

namespace cairn::http {
namespace {

class StaticSiteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "site_" + std::to_string(getpid());
    ASSERT_TRUE(os::MakeDirectories(folder_ + "/assets"));
    ASSERT_TRUE(os::WriteFileDurably(folder_ + "/index.html", base::AsBytes("<p>index")));
    ASSERT_TRUE(os::WriteFileDurably(folder_ + "/assets/index-1a.js", base::AsBytes("code")));
  }

  static Response Get(const StaticSite& site, std::string_view path) {
    Request request;
    request.segments = SplitPath(path).value();
    return site.Serve(request);
  }

  std::string folder_;
};

TEST_F(StaticSiteTest, PagesAreTheIndexAndAssetsAreCached) {
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  EXPECT_EQ(Get(*site, "/").body, "<p>index");
  EXPECT_EQ(Get(*site, "/report/index/abc").body, "<p>index");
  const Response asset = Get(*site, "/assets/index-1a.js");
  EXPECT_EQ(asset.body, "code");
  EXPECT_EQ(asset.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(asset.headers.at(0).value, "public, max-age=31536000, immutable");
}

TEST_F(StaticSiteTest, AProductsNameMayHaveADot) {
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  EXPECT_EQ(Get(*site, "/home/product/org.example.app").body, "<p>index");
}

TEST_F(StaticSiteTest, TheOldAddressOfTokensIsAPage) {
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  EXPECT_EQ(Get(*site, "/api/tokens/").body, "<p>index");
  EXPECT_EQ(Get(*site, "/api/Tokens/").status, 404);
  EXPECT_EQ(Get(*site, "/api/token").status, 404);
}

TEST_F(StaticSiteTest, WhatIsNoPageIs404) {
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  for (const char* path :
       {"/assets/index-2b.js", "/favicon.ico", "/api/Nothing/", "/..%2f..%2fetc/passwd.txt"}) {
    EXPECT_EQ(Get(*site, path).status, 404) << path;
  }
}

TEST_F(StaticSiteTest, AFolderWithoutIndexIsNotASite) {
  EXPECT_FALSE(StaticSite::Load(folder_ + "/assets"));
  EXPECT_FALSE(StaticSite::Load(folder_ + "/nowhere"));
  EXPECT_EQ(Get(StaticSite::Missing(), "/").status, 200);
}

}  // namespace
}  // namespace cairn::http
