#include "server/http/cookies.h"

#include <gtest/gtest.h>

namespace cairn::http {
namespace {

Request With(std::vector<Header> headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(CookiesTest, ACookieIsFoundByItsWholeName) {
  const Request request = With({{"cookie", "a=1; cairn_session=x=y;b=2"}, {"cookie", "late=3; a=9"}});
  EXPECT_EQ(FindCookie(request, "a"), "1");
  EXPECT_EQ(FindCookie(request, "cairn_session"), "x=y");
  EXPECT_EQ(FindCookie(request, "b"), "2");
  EXPECT_EQ(FindCookie(request, "late"), "3");
  EXPECT_EQ(FindCookie(request, "session"), "");
  EXPECT_EQ(FindCookie(request, "cairn"), "");
  EXPECT_EQ(FindCookie(With({}), "a"), "");
  EXPECT_EQ(FindCookie(With({{"cookie", ";;=; a"}}), "a"), "");
}

TEST(CookiesTest, ASessionsCookieHasEitherName) {
  EXPECT_TRUE(HasSessionCookie(With({{"cookie", "cairn_session=1"}})));
  EXPECT_TRUE(HasSessionCookie(With({{"cookie", "__Host-cairn_session=1"}})));
  EXPECT_FALSE(HasSessionCookie(With({{"cookie", "x=cairn_session=1; cairn_session="}})));
}

TEST(CookiesTest, OnlyPagesOfThisServerAreItsOwn) {
  struct Row {
    std::string_view site, origin, host, public_url;
    bool own;
  };
  const std::string_view url = "https://crash.example.org/site";
  const Row rows[] = {
      {"same-origin", "", "a", "", true},
      {"same-site", "https://crash.example.org", "crash.example.org", url, false},
      {"cross-site", "", "a", "", false},
      {"none", "", "a", "", false},
      {"", "", "a", "", false},
      {"", "null", "a", "", false},
      {"", "http://localhost:8000", "LOCALHOST:8000", "", true},
      {"", "http://localhost:8001", "localhost:8000", "", false},
      {"", "https://crash.example.org", "127.0.0.1:8000", url, true},
      {"", "http://crash.example.org", "127.0.0.1:8000", url, false},
      {"", "https://crash.example.org.evil", "127.0.0.1:8000", url, false},
      {"", "crash.example.org", "crash.example.org", url, false},
      {"", "https://", "", "", false},
  };
  for (const Row& row : rows) {
    std::vector<Header> headers;
    for (const auto& [name, value] : {std::pair{"sec-fetch-site", row.site}, std::pair{"origin", row.origin},
                                      std::pair{"host", row.host}}) {
      if (!value.empty()) headers.push_back({name, std::string(value)});
    }
    EXPECT_EQ(IsFromOwnPages(With(std::move(headers)), row.public_url), row.own)
        << row.site << " " << row.origin << " " << row.host;
  }
}

}  // namespace
}  // namespace cairn::http
