#include "server/http/static_site.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "os/file.h"
#include "server/http/gzip.h"

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

  static Response Get(const StaticSite& site, std::string_view path, std::vector<Header> headers = {}) {
    Request request;
    request.headers = std::move(headers);
    request.segments = SplitPath(path).value();
    return site.Serve(request);
  }

  static std::string_view HeaderOf(const Response& response, std::string_view name) {
    for (const Header& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return {};
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

TEST_F(StaticSiteTest, PagesThatHaveFilesOfTheirOwnNameThem) {
  ASSERT_TRUE(os::MakeDirectories(folder_ + "/pages"));
  ASSERT_TRUE(os::WriteFileDurably(folder_ + "/pages/report.html", base::AsBytes("<p>report")));
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  const Response report = Get(*site, "/report/index/abc");
  EXPECT_EQ(report.body, "<p>report");
  EXPECT_EQ(report.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(HeaderOf(report, "Cache-Control"), "no-cache");
  for (const char* other : {"/", "/search/", "/reports", "/index/report"}) {
    EXPECT_EQ(Get(*site, other).body, "<p>index") << other;
  }
}

TEST_F(StaticSiteTest, ACrashIsAskedForWithItsPage) {
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  const std::string id = "0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122";
  EXPECT_EQ(HeaderOf(Get(*site, "/report/index/" + id), "Link"),
            "</api/ProcessedCrash/?crash_id=" + id + ">; rel=preload; as=fetch; crossorigin");
  for (const std::string& other : {"/report/index/" + std::string(36, 'x'), "/report/index/" + id + "0",
                                   "/report/index/x/" + id, "/search/" + id, std::string("/report/index/")}) {
    EXPECT_EQ(HeaderOf(Get(*site, other), "Link"), "") << other;
  }
}

TEST_F(StaticSiteTest, TextThatGetsSmallerIsSentPackedToWhoTakesIt) {
  const std::string code(5'000, 'x');
  ASSERT_TRUE(os::WriteFileDurably(folder_ + "/assets/long-2b.js", base::AsBytes(code)));
  ASSERT_TRUE(os::WriteFileDurably(folder_ + "/assets/long-2b.png", base::AsBytes(code)));
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  const std::vector<Header> takes_gzip = {{"accept-encoding", "gzip, br"}};
  const Response packed = Get(*site, "/assets/long-2b.js", takes_gzip);
  EXPECT_LT(packed.body.size(), 100U);
  const auto unpacked = InflateGzip(packed.body, code.size());
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(*unpacked, code);
  EXPECT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(packed, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(packed.content_type, "text/javascript; charset=utf-8");

  const Response plain = Get(*site, "/assets/long-2b.js", {{"accept-encoding", "gzip;q=0"}});
  EXPECT_EQ(plain.body, code);
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
  // Caches keep both, and tell them apart.
  for (const Response* response : {&packed, &plain})
    EXPECT_EQ(HeaderOf(*response, "Vary"), "Accept-Encoding");
  EXPECT_NE(HeaderOf(packed, "ETag"), HeaderOf(plain, "ETag"));

  for (const char* as_it_is : {"/assets/index-1a.js", "/assets/long-2b.png"}) {
    const Response response = Get(*site, as_it_is, takes_gzip);
    EXPECT_EQ(HeaderOf(response, "Content-Encoding"), "") << as_it_is;
    EXPECT_EQ(HeaderOf(response, "Vary"), "") << as_it_is;
  }
}

TEST_F(StaticSiteTest, WhoHasItAlreadyIsToldSo) {
  const auto site = StaticSite::Load(folder_);
  ASSERT_TRUE(site);
  const std::string tag(HeaderOf(Get(*site, "/"), "ETag"));
  EXPECT_EQ(tag.size(), 34U);
  const Response again = Get(*site, "/signature/", {{"if-none-match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(HeaderOf(again, "ETag"), tag);
  EXPECT_EQ(HeaderOf(again, "Cache-Control"), "no-cache");
  EXPECT_EQ(Get(*site, "/", {{"if-none-match", "\"of before\""}}).status, 200);
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
