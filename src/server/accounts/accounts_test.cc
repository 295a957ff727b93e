// Who callers are, and how often they may ask.
#include "server/accounts/accounts.h"

#include "server/accounts/accounts_for_test.h"

namespace cairn::accounts {
namespace {

using store::Permission;
using store::PermissionSet;

class CallersTest : public AccountsTest {};

TEST_F(CallersTest, ATokenIsItsUserOrItsLabel) {
  const store::User user = AddUser("ann", {Permission::kViewPings});
  const auto token = directory_->CreateToken({.permissions = {Permission::kViewPings}, .user_id = user.id});
  const auto other = directory_->CreateToken({.label = "CI", .permissions = {Permission::kUploadSymbols}});
  EXPECT_EQ(Member(AskWith(token->text, "GET", "/api/Me/"), "name"), "ann");
  EXPECT_EQ(Member(AskWith(token->text, "GET", "/api/Me"), "permissions"), R"(["view_pings"])");
  EXPECT_EQ(Member(AskWith(other->text, "GET", "/api/Me/"), "name"), "CI");
  EXPECT_EQ(AskWith("cairn_unknown", "GET", "/api/Me/").status, 403);
  EXPECT_EQ(Member(Ask("GET", "/api/Me/", "", {}), "name"), "null");
  ASSERT_TRUE(directory_->DisableUser(user.id));
  EXPECT_EQ(Member(AskWith(token->text, "GET", "/api/Me/"), "error"),
            "API Token matched but user not active");
}

TEST_F(CallersTest, OverHttpsThePlainCookieIsNobodys) {
  AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  ASSERT_TRUE(cookie_.starts_with("cairn_session=")) << cookie_;
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "name"), "ann");
  const std::string secure = "__Host-" + cookie_;
  EXPECT_EQ(Member(Ask("GET", "/api/Me/", "", {{"cookie", secure}}), "name"), "ann");
  Restart({.public_url = "https://crash.example.org"});
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "name"), "null");
  EXPECT_EQ(Member(Ask("GET", "/api/Me/", "", {{"cookie", secure}}), "name"), "ann");
}

// How many of so many requests are answered.
class LimitsTest : public AccountsTest {
 protected:
  int CountAnswered(int requests, const std::vector<http::Header>& headers = {}) {
    int answered = 0;
    for (int i = 0; i < requests; ++i) answered += Ask("GET", "/api/Me/", "", headers).status == 200;
    return answered;
  }
};

TEST_F(LimitsTest, AnonymousCallersAreLimitedByAddress) {
  peer_ = "192.0.2.1";
  EXPECT_EQ(CountAnswered(150), 100);
  const http::Response refused = Ask("GET", "/api/Me/", "", {});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, R"({"error":"Too Many Requests"})");
  EXPECT_EQ(refused.headers.at(0).name, "Retry-After");
  EXPECT_EQ(refused.headers.at(0).value, "1");
  EXPECT_EQ(CountAnswered(3, {{"auth-token", "cairn_unknown"}}), 0);
  peer_ = "192.0.2.2";
  EXPECT_EQ(CountAnswered(50), 50);
}

TEST_F(LimitsTest, PagesOfThisServerHaveALimitOfTheirOwn) {
  peer_ = "192.0.2.1";
  const std::vector<http::Header> page = {{"sec-fetch-site", "same-origin"}};
  EXPECT_EQ(CountAnswered(150), 100);
  EXPECT_EQ(CountAnswered(1100, page), kPagesPerMinute);
  EXPECT_EQ(CountAnswered(5, {{"sec-fetch-site", "cross-site"}}), 0);
  Restart({.pages_per_minute = 3});
  EXPECT_EQ(CountAnswered(5, page), 3);
  EXPECT_EQ(CountAnswered(5), 5);
  AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  EXPECT_EQ(CountAnswered(5, {{"sec-fetch-site", "same-origin"}, {"cookie", cookie_}}), 5) << "who is known";
}

TEST_F(LimitsTest, CallersAreLimitedByWhoTheyAre) {
  const store::User user = AddUser("ann");
  const auto first = directory_->CreateToken({.user_id = user.id});
  const auto second = directory_->CreateToken({.user_id = user.id});
  Restart({.caller_per_minute = 20});
  EXPECT_EQ(CountAnswered(15, {{"auth-token", first->text}}), 15);
  peer_ = "192.0.2.1";
  EXPECT_EQ(CountAnswered(15, {{"auth-token", second->text}}), 5) << "two tokens of one user";
  ASSERT_EQ(SignIn("ann").status, 200);
  EXPECT_EQ(CountAnswered(5, {{"cookie", cookie_}}), 0) << "and the user's session";
  EXPECT_EQ(CountAnswered(5), 5);
}

TEST_F(LimitsTest, WhoAsksFromThisMachineIsLimitedOnlyIfThatIsSaid) {
  EXPECT_EQ(CountAnswered(150), 150);
  Restart({.anonymous_per_minute = 10});
  EXPECT_EQ(CountAnswered(150), 10);
  Restart({.anonymous_per_minute = 0});
  peer_ = "192.0.2.1";
  EXPECT_EQ(CountAnswered(150), 150);
}

TEST_F(LimitsTest, BehindAProxyEachClientHasItsOwnLimit) {
  Restart({.trusted_proxies = {*net::AddressRange::Parse("127.0.0.1")}});
  EXPECT_EQ(CountAnswered(150, {{"x-forwarded-for", "192.0.2.1"}}), 100);
  EXPECT_EQ(CountAnswered(50, {{"x-forwarded-for", "192.0.2.2"}}), 50);
}

}  // namespace
}  // namespace cairn::accounts
