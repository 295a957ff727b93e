#include "server/symbols/zip_fetch.h"

#include <gtest/gtest.h>

namespace cairn::symbols {
namespace {

TEST(ZipFetchTest, TheHostIsWhatWouldBeConnectedTo) {
  EXPECT_EQ(HostOfUrl("https://Host.example:443/a?b#c"), "host.example");
  EXPECT_EQ(HostOfUrl("https://host.example?x@evil"), "host.example");
  for (const char* url :
       {"http://host.example/", "https://user@host.example/", "https://good.example@evil.example/",
        "https:/host.example", "", "ftp://host.example/"}) {
    EXPECT_EQ(HostOfUrl(url), "") << url;
  }
  EXPECT_EQ(HostOfUrl("https://good.example\\@evil.example/"), "good.example");
}

TEST(ZipFetchTest, OnlyAllowedHostsAreAskedAndNoneByDefault) {
  EXPECT_NE(WhyNotFetched({}, "https://host.example/a.zip").find("symbol_upload_hosts"), std::string::npos);
  const FetchRules rules{{"host.example"}};
  EXPECT_EQ(WhyNotFetched(rules, "https://host.example/a.zip"), "");
  EXPECT_EQ(WhyNotFetched(rules, "http://host.example/a.zip"), "Insecure URL");
  EXPECT_EQ(WhyNotFetched(rules, "https://other.example/a.zip"),
            "Not an allowed domain ('other.example') to download from.");
  EXPECT_EQ(FetchZip(rules, "https://other.example/a.zip", -1).status, 400);
}

TEST(ZipFetchTest, AnAllowedNameThatLeadsInsideIsNotConnectedTo) {
  const FetchFailure failure = FetchZip({{"localhost"}}, "https://localhost:9/a.zip", -1);
  EXPECT_EQ(failure.status, 400);
  EXPECT_NE(failure.why.find("does not go"), std::string::npos) << failure.why;
}

}  // namespace
}  // namespace cairn::symbols
