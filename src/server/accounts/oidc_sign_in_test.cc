// Signing in at a provider, which a server on loopback plays: its description, its tokens and its keys.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <map>
#include <thread>

#include "net/http_client.h"
#include "os/clock.h"
#include "server/accounts/accounts_for_test.h"
#include "server/http/server.h"
#include "server/oidc/signed_token_for_test.h"

namespace cairn::accounts {
namespace {

using http::Request;
using store::Permission;

const oidc::TokenSigner& Signer() {
  static const oidc::TokenSigner signer;
  return signer;
}

// Gives out one code, for the sign-in that it is asked for last.
class FakeProvider {
 public:
  FakeProvider()
      : router_(Routes(), {}),
        server_(*http::Server::Create({.port = 0, .spool_folder = "/tmp"}, router_)),
        elsewhere_(*http::Server::Create({.port = 0, .spool_folder = "/tmp"}, router_)) {
    thread_ = std::thread([this] { server_->Run(); });
    thread_elsewhere_ = std::thread([this] { elsewhere_->Run(); });
  }
  ~FakeProvider() {
    server_->Stop();
    elsewhere_->Stop();
    thread_.join();
    thread_elsewhere_.join();
  }
  std::string issuer() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  std::string elsewhere() const { return "http://127.0.0.1:" + std::to_string(elsewhere_->port()); }

  // As a browser does that follows the redirect, and a person who signs in: the fields of the request.
  void SignIn(const std::string& url) {
    const std::size_t question = url.find('?');
    ASSERT_EQ(url.substr(0, question), issuer() + "/authorize");
    for (const auto& [name, value] : http::ParseQuery(url.substr(question + 1)).value_or(http::QueryFields()))
      asked[name] = value;
  }

  std::map<std::string, std::string> asked;  // Of the sign-in.
  std::map<std::string, std::string> redeemed;
  std::string email = "ann@example.org";
  std::string verified = "true";
  std::string nonce;        // Empty: the right one.
  int status = 200;         // Of the tokens.
  std::string tokens_host;  // Empty: the issuer's.

 private:
  std::vector<http::Route> Routes() {
    const std::string anybody(http::kAnybody);
    return {{"GET", "/.well-known/openid-configuration", anybody, http::BodyPlace::kNone, 0,
             [this](Request&) {
               return http::JsonResponse(200, R"({"issuer":")" + issuer() +
                                                  R"(","authorization_endpoint":")" + issuer() +
                                                  R"(/authorize","token_endpoint":")" +
                                                  (tokens_host.empty() ? issuer() : tokens_host) +
                                                  R"(/token","jwks_uri":")" + issuer() + "/keys\"}");
             }},
            {"GET", "/keys", anybody, http::BodyPlace::kNone, 0,
             [](Request&) { return http::JsonResponse(200, "{\"keys\":[" + Signer().Jwk("one") + "]}"); }},
            {"POST", "/token", anybody, http::BodyPlace::kMemory, 10'000,
             [this](Request& request) { return GiveTokens(request); }}};
  }

  http::Response GiveTokens(Request& request) {
    redeemed.clear();
    for (const auto& [name, value] : http::ParseQuery(request.body).value_or(http::QueryFields()))
      redeemed[name] = value;
    // RFC 7636, section 4.6: the verifier's hash is what was said before.
    unsigned char hash[32];
    EVP_Digest(redeemed["code_verifier"].data(), redeemed["code_verifier"].size(), hash, nullptr,
               EVP_sha256(), nullptr);
    const std::string challenge =
        oidc::UrlBase64({static_cast<const char*>(static_cast<const void*>(hash)), sizeof(hash)});
    if (redeemed["code"] != "the code" || challenge != asked["code_challenge"] ||
        redeemed["redirect_uri"] != asked["redirect_uri"] || status != 200) {
      return http::JsonResponse(400, R"({"error":"invalid_grant"})");
    }
    const std::string claims = R"({"iss":")" + issuer() + R"(","aud":"cairn","nonce":")" +
                               (nonce.empty() ? asked["nonce"] : nonce) + R"(","exp":)" +
                               std::to_string(os::UnixMillis() / 1000 + 300) + R"(,"sub":"7","email":")" +
                               email + R"(","email_verified":)" + verified + "}";
    return http::JsonResponse(
        200, R"({"id_token":")" + Signer().Sign(R"({"alg":"RS256","kid":"one"})", claims) + "\"}");
  }

  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> elsewhere_;  // Another host, with the same answers.
  std::thread thread_;
  std::thread thread_elsewhere_;
};

class OidcSignInTest : public AccountsTest {
 protected:
  OidcSignInTest() { Restart(Options()); }

  AccountsOptions Options() const {
    return {.public_url = "http://localhost:8000",
            .provider = oidc::ProviderOptions{.label = "Example",
                                              .issuer = provider_.issuer(),
                                              .client_id = "cairn",
                                              .client_secret = "it's secret"}};
  }

  static std::string HeaderOf(const http::Response& response, const std::string& name) {
    for (const http::Header& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return {};
  }

  // Goes there, signs in, and comes back with what the provider gives.
  http::Response SignInThere(const std::string& next = "/search?a=1") {
    const http::Response begun = Browse("GET", "/api/OidcSignIn/?next=" + net::EscapeUrlPart(next));
    EXPECT_EQ(begun.status, 303) << begun.body;
    provider_.SignIn(HeaderOf(begun, "Location"));
    return Browse("GET", "/api/OidcReturn/?code=the%20code&state=" + provider_.asked["state"]);
  }

  FakeProvider provider_;
};

TEST_F(OidcSignInTest, WhoSignsInThereIsTheUserOfThatAddress) {
  AddUser("ann@example.org", {Permission::kViewPii});
  EXPECT_NE(
      Browse("GET", "/api/Me/").body.find(R"("providers":[{"label":"Example","url":"/api/OidcSignIn/"}])"),
      std::string::npos);
  const http::Response back = SignInThere();
  EXPECT_EQ(back.status, 303) << back.body;
  EXPECT_EQ(back.body, "");
  EXPECT_EQ(HeaderOf(back, "Location"), "/search?a=1");
  const std::string cookie = HeaderOf(back, "Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("cairn_session=")) << cookie;
  const http::Response me = Ask("GET", "/api/Me/", "", {{"cookie", cookie.substr(0, cookie.find(';'))}});
  EXPECT_EQ(Member(me, "name"), "ann@example.org");
  EXPECT_EQ(Member(me, "permissions"), R"(["view_pii"])");
  EXPECT_EQ(provider_.asked["redirect_uri"], "http://localhost:8000/api/OidcReturn/");
  EXPECT_EQ(provider_.asked["scope"], "openid email");
  EXPECT_EQ(provider_.asked["code_challenge_method"], "S256");
  EXPECT_EQ(provider_.redeemed["client_secret"], "it's secret");
  EXPECT_EQ(Audit(), std::vector<std::string>{"ann@example.org: sign in at Example: ann@example.org"});
}

TEST_F(OidcSignInTest, EndpointsElsewhereHaveOnlyAddressesThatTheyMayHave) {
  AddUser("ann@example.org");
  provider_.tokens_host = provider_.elsewhere();
  const http::Response refused = SignInThere();
  EXPECT_EQ(refused.status, 502);
  EXPECT_NE(refused.body.find("an address that may not be connected to"), std::string::npos) << refused.body;
  EXPECT_TRUE(provider_.redeemed.empty()) << "it was not asked";
  // What only begins like the issuer is not the issuer.
  provider_.tokens_host = provider_.issuer() + "@127.0.0.1:1";
  EXPECT_NE(SignInThere().body.find("an address that may not be connected to"), std::string::npos);
  AccountsOptions options = Options();
  options.provider->allowed_addresses = {*net::AddressRange::Parse("127.0.0.0/8")};
  Restart(options);
  provider_.tokens_host = provider_.elsewhere();
  EXPECT_EQ(SignInThere().status, 303);
}

TEST_F(OidcSignInTest, OnlyTheBrowserThatBeganIsSignedInAndOnce) {
  AddUser("ann@example.org");
  const http::Response begun = Browse("GET", "/api/OidcSignIn/");
  provider_.SignIn(HeaderOf(begun, "Location"));
  const std::string back = "/api/OidcReturn/?code=the%20code&state=" + provider_.asked["state"];
  EXPECT_EQ(Ask("GET", back, "", {}).status, 403) << "a link that somebody else sent";
  EXPECT_EQ(Ask("GET", back, "", {{"cookie", "cairn_sign_in=another"}}).status, 403);
  EXPECT_EQ(Browse("GET", back).status, 303);
  cookie_ = "cairn_sign_in=" + provider_.asked["state"];
  EXPECT_EQ(Browse("GET", back).status, 401) << "once";
  EXPECT_EQ(Browse("GET", "/api/OidcReturn/").status, 403);
}

TEST_F(OidcSignInTest, WhatTheProviderDoesNotVouchForSignsNobodyIn) {
  AddUser("ann@example.org");
  provider_.verified = "false";
  EXPECT_EQ(SignInThere().status, 403);
  provider_.verified = "true";
  provider_.nonce = "of another sign-in";
  EXPECT_EQ(SignInThere().status, 401);
  provider_.nonce.clear();
  provider_.status = 400;
  EXPECT_EQ(SignInThere().status, 502);
  provider_.status = 200;
  provider_.email = "bob@example.org";
  EXPECT_EQ(SignInThere().status, 403) << "no user of this address";
  EXPECT_FALSE(*directory_->FindUser("bob@example.org"));
  const std::vector<std::string> audit = Audit();
  ASSERT_EQ(audit.size(), 4U);
  EXPECT_EQ(audit[0], "anonymous: sign in failed: at Example");
}

TEST_F(OidcSignInTest, NewUsersAreMadeWhereThatIsWanted) {
  AccountsOptions options = Options();
  options.create_users = true;
  options.new_user_permissions = {Permission::kViewPings};
  Restart(options);
  EXPECT_EQ(SignInThere().status, 303);
  EXPECT_EQ((*directory_->FindUser("ann@example.org"))->permissions,
            store::PermissionSet{Permission::kViewPings});
  EXPECT_EQ(Audit()[0], "ann@example.org: add user with view_pings: ann@example.org");
  ASSERT_TRUE(directory_->DisableUser((*directory_->FindUser("ann@example.org"))->id));
  EXPECT_EQ(SignInThere().status, 401) << "disabled";
}

TEST_F(OidcSignInTest, PeopleInABrowserAreLedToAPageThatSaysWhy) {
  const auto leads = [&](const std::string& target) {
    std::vector<http::Header> headers = {{"sec-fetch-mode", "navigate"}};
    if (!cookie_.empty()) headers.push_back({"cookie", cookie_});
    const http::Response response = Ask("GET", target, "", headers);
    EXPECT_EQ(response.body, "");
    return std::to_string(response.status) + " " + HeaderOf(response, "Location");
  };
  EXPECT_EQ(leads("/api/OidcReturn/"), "303 /account/sign-in?problem=broken-off");
  const auto come_back = [&] {
    provider_.SignIn(HeaderOf(Browse("GET", "/api/OidcSignIn/"), "Location"));
    return leads("/api/OidcReturn/?code=the%20code&state=" + provider_.asked["state"]);
  };
  EXPECT_EQ(come_back(), "303 /account/sign-in?problem=no-account");
  provider_.verified = "false";
  EXPECT_EQ(come_back(), "303 /account/sign-in?problem=not-verified");
  provider_.status = 400;
  EXPECT_EQ(come_back(), "303 /account/sign-in?problem=provider");
  AccountsOptions options = Options();
  options.provider->issuer = "http://127.0.0.1:1";
  Restart(options);
  EXPECT_EQ(leads("/api/OidcSignIn/"), "303 /account/sign-in?problem=provider");
}

TEST_F(OidcSignInTest, PeopleComeBackToThisSite) {
  AddUser("ann@example.org");
  EXPECT_EQ(HeaderOf(SignInThere("https://evil.example"), "Location"), "/");
  EXPECT_EQ(HeaderOf(SignInThere("//evil.example"), "Location"), "/");
}

TEST_F(OidcSignInTest, AProviderThatIsAnotherOrAwayIsSaidSo) {
  AccountsOptions options = Options();
  options.provider->issuer += "/";  // It calls itself otherwise.
  Restart(options);
  EXPECT_EQ(Browse("GET", "/api/OidcSignIn/").status, 401);
  options.provider->issuer = "http://127.0.0.1:1";
  Restart(options);
  EXPECT_EQ(Browse("GET", "/api/OidcSignIn/").status, 502);
  Restart({});
  EXPECT_EQ(Browse("GET", "/api/OidcSignIn/").status, 404);
  EXPECT_EQ(Browse("GET", "/api/OidcReturn/").status, 404);
}

}  // namespace
}  // namespace cairn::accounts
