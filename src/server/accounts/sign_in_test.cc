// Signing in and out, and one's own password, as a browser does it.
#include "server/accounts/accounts_for_test.h"

namespace cairn::accounts {
namespace {

using store::Permission;

class SignInTest : public AccountsTest {
 protected:
  static std::string CookieOf(const http::Response& response) {
    for (const http::Header& header : response.headers) {
      if (header.name == "Set-Cookie") return header.value;
    }
    return {};
  }
};

TEST_F(SignInTest, TheRightPasswordBeginsASession) {
  AddUser("ann", {Permission::kViewPii});
  Restart({}, {"view_pings"});
  const http::Response answer = SignIn("ann");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Member(answer, "name"), "ann");
  EXPECT_EQ(Member(answer, "permissions"), R"(["view_pings","view_pii"])");
  const http::Response me = Browse("GET", "/api/Me/");
  EXPECT_EQ(Member(me, "name"), "ann");
  EXPECT_EQ(Member(me, "permissions"), Member(answer, "permissions"));
  EXPECT_EQ(Member(me, "session_expires"), "2026-11-18T23:06:40.000Z") << "12 hours from now";
  EXPECT_EQ(Member(me, "sign_in"), R"({"password":true,"providers":[]})");
  EXPECT_EQ(Audit(), std::vector<std::string>{"ann: sign in: ann"});
}

TEST_F(SignInTest, TheCookieIsForThisServerAlone) {
  AddUser("ann");
  const std::string plain = CookieOf(SignIn("ann"));
  EXPECT_TRUE(plain.starts_with("cairn_session=")) << plain;
  EXPECT_TRUE(plain.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800")) << plain;
  const std::string body = R"({"name":"ann","password":"a long password"})";
  const std::string behind_proxy =
      CookieOf(Ask("POST", "/api/SignIn/", body, {{"x-forwarded-proto", "https"}}));
  EXPECT_TRUE(behind_proxy.starts_with("__Host-cairn_session=")) << behind_proxy;
  EXPECT_TRUE(behind_proxy.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure"))
      << behind_proxy;
  Restart({.public_url = "https://crash.example.org"});
  const std::string secure =
      CookieOf(Ask("POST", "/api/SignIn/", body, {{"origin", "https://crash.example.org"}}));
  EXPECT_TRUE(secure.starts_with("__Host-cairn_session=")) << secure;
}

TEST_F(SignInTest, WhatIsWrongIsNotToldApart) {
  const store::User disabled = AddUser("disabled");
  AddUser("ann");
  ASSERT_TRUE(directory_->AddUser("without", {}));
  ASSERT_TRUE(directory_->DisableUser(disabled.id));
  const std::string expected = R"({"error":"The name or the password is wrong"})";
  for (const auto& [name, password] :
       {std::pair{"ann", "a wrong password"}, std::pair{"Ann", kPassword}, std::pair{"disabled", kPassword},
        std::pair{"without", kPassword}, std::pair{"my own password", "x"}}) {
    const http::Response answer = SignIn(name, password);
    EXPECT_EQ(answer.status, 401) << name;
    EXPECT_EQ(answer.body, expected) << name;
    EXPECT_EQ(CookieOf(answer), "");
  }
  EXPECT_EQ(SignIn(std::string(5'000, 'n')).status, 401);
  EXPECT_EQ(SignIn("ann", std::string(5'000, 'p')).status, 401);
  EXPECT_EQ(Browse("POST", "/api/SignIn/", "{}").status, 400);
  const std::vector<std::string> audit = Audit();
  ASSERT_EQ(audit.size(), 7U);
  EXPECT_EQ(audit[0], "anonymous: sign in failed: ann");
  EXPECT_EQ(audit[4], "anonymous: sign in failed: a name that is no user's");
}

TEST_F(SignInTest, PagesOfOthersSignNobodyIn) {
  AddUser("ann");
  const std::string body = R"({"name":"ann","password":"a long password"})";
  EXPECT_EQ(Ask("POST", "/api/SignIn/", body, {{"origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(Ask("POST", "/api/SignIn/", body, {{"sec-fetch-site", "cross-site"}}).status, 403);
  EXPECT_EQ(Ask("POST", "/api/SignIn/", body, {}).status, 200) << "a program";
}

TEST_F(SignInTest, SigningOutEndsTheSession) {
  AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  const std::string before = cookie_;
  EXPECT_EQ(Ask("POST", "/api/SignOut/", "", {{"cookie", before}}).status, 403) << "asked from another page";
  const http::Response out = Browse("POST", "/api/SignOut/");
  EXPECT_EQ(out.status, 200);
  EXPECT_NE(CookieOf(out).find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(Member(Ask("GET", "/api/Me/", "", {{"cookie", before}}), "name"), "null");
  EXPECT_EQ(Browse("POST", "/api/SignOut/").status, 200) << "twice changes nothing";
  EXPECT_EQ(Audit().back(), "ann: sign out: ann");
}

TEST_F(SignInTest, SigningInAgainEndsTheSessionBefore) {
  AddUser("ann");
  AddUser("bob");
  ASSERT_EQ(SignIn("ann").status, 200);
  const std::string before = cookie_;
  ASSERT_EQ(SignIn("bob").status, 200);
  EXPECT_NE(cookie_, before);
  EXPECT_EQ(Member(Ask("GET", "/api/Me/", "", {{"cookie", before}}), "name"), "null");
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "name"), "bob");
}

TEST_F(SignInTest, ADisabledUsersSessionEndsAtOnce) {
  const store::User user = AddUser("ann", {Permission::kAdminister});
  ASSERT_EQ(SignIn("ann").status, 200);
  EXPECT_EQ(StatusOf("GET", "/api/Users/"), 200);
  ASSERT_TRUE(directory_->DisableUser(user.id));
  EXPECT_EQ(StatusOf("GET", "/api/Users/"), 403);
}

TEST_F(SignInTest, ASessionEndsTwelveHoursAfterItsLastUse) {
  AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  now_ms_ += store::kSessionIdleMs - 1;
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "name"), "ann");
  now_ms_ += store::kSessionIdleMs;
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "name"), "null");
}

TEST_F(SignInTest, GuessesAreSlowedDownByName) {
  AddUser("ann");
  int asked = 0;
  int status = 401;
  for (; status == 401 && asked < 20; ++asked) {
    peer_ = "192.0.2." + std::to_string(asked + 1);  // From everywhere.
    status = SignIn("ann", "a wrong password").status;
  }
  EXPECT_EQ(asked, kFailuresOfName.burst + 1);
  EXPECT_EQ(status, 429);
  const http::Response right = SignIn("ann");
  EXPECT_EQ(right.status, 429) << "the right one, too, or it could be guessed";
  EXPECT_EQ(right.headers.at(0).name, "Retry-After");
  EXPECT_EQ(right.headers.at(0).value, "30");
}

TEST_F(SignInTest, GuessesAreSlowedDownByAddress) {
  for (const char* const name : {"ann", "bob", "cid", "dee"}) AddUser(name);
  int asked = 0;
  for (const char* const name : {"ann", "bob", "cid", "dee"}) {
    for (int i = 0; i < kFailuresOfName.burst - 1; ++i) asked += SignIn(name, "x").status == 401;
  }
  EXPECT_EQ(asked, kFailuresFromAddress.burst);
  EXPECT_EQ(SignIn("ann").status, 429);
  peer_ = "192.0.2.1";
  EXPECT_EQ(SignIn("ann").status, 200);
}

TEST_F(SignInTest, RightPasswordsAreNoGuesses) {
  AddUser("ann");
  for (int i = 0; i < kFailuresOfName.burst + 5; ++i) EXPECT_EQ(SignIn("ann").status, 200) << i;
}

TEST_F(SignInTest, OnesOwnPasswordIsChangedByWhoKnowsTheOldOne) {
  AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  const std::string elsewhere = cookie_;
  cookie_.clear();
  ASSERT_EQ(SignIn("ann").status, 200);
  const auto change = [&](const char* from, const char* to) {
    return Browse("POST", "/api/Password/",
                  R"({"old":")" + std::string(from) + R"(","new":")" + std::string(to) + R"("})");
  };
  EXPECT_EQ(change("a wrong password", "another password").status, 403);
  EXPECT_EQ(change(kPassword, "short").status, 400);
  EXPECT_EQ(change(kPassword, "another password").status, 200);
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "name"), "ann") << "who changed it goes on";
  EXPECT_EQ(Member(Ask("GET", "/api/Me/", "", {{"cookie", elsewhere}}), "name"), "null");
  EXPECT_EQ(SignIn("ann").status, 401);
  EXPECT_EQ(SignIn("ann", "another password").status, 200);
  cookie_.clear();
  EXPECT_EQ(change(kPassword, "another password").status, 403);
}

}  // namespace
}  // namespace cairn::accounts
