// Accounts behind a router, as a browser and as a program ask them, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json_view.h"
#include "server/accounts/accounts.h"
#include "server/http/cookies.h"
#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::accounts {

inline constexpr const char* kPassword = "a long password";

class AccountsTest : public ::testing::Test {
 protected:
  explicit AccountsTest(AccountsOptions options = {}) { Restart(std::move(options)); }

  // As a server that is started anew on the same directory.
  void Restart(AccountsOptions options, std::vector<std::string> anonymous_permissions = {}) {
    const std::string public_url = options.public_url;
    accounts_ = std::make_unique<Accounts>(*directory_, &audit_, std::move(options));
    std::vector<http::Route> routes = accounts_->MakeRoutes();
    for (http::Route& route : routes) route.is_limited = true;
    router_ = std::make_unique<http::Router>(
        std::move(routes),
        http::RouterOptions{.anonymous_permissions = std::move(anonymous_permissions),
                            .authenticate = accounts_->TokenLookup(),
                            .find_session = accounts_->SessionLookup(),
                            .limit = accounts_->CallLimit(),
                            .public_url = public_url,
                            .fallback = [](http::Request&) { return http::TextResponse(200, "site"); }});
  }

  http::Response Ask(const std::string& method, const std::string& target, const std::string& body,
                     std::vector<http::Header> headers) {
    http::Request request;
    request.method = method;
    const std::size_t question = std::min(target.find('?'), target.size());
    request.segments = *http::SplitPath(target.substr(0, question));
    request.query = target.substr(std::min(question + 1, target.size()));
    request.headers = std::move(headers);
    request.headers.push_back({"host", "localhost:8000"});
    request.peer_address = peer_;
    request.body = body;
    http::Router::Admission admission = router_->Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    return router_->Handle(admission.route, request);
  }

  // As a page of the site does, with the cookie that it has.
  http::Response Browse(const std::string& method, const std::string& target, const std::string& body = "") {
    std::vector<http::Header> headers = {{"origin", "http://localhost:8000"}};
    if (!cookie_.empty()) headers.push_back({"cookie", cookie_});
    http::Response response = Ask(method, target, body, std::move(headers));
    for (const http::Header& header : response.headers) {
      if (header.name == "Set-Cookie") cookie_ = header.value.substr(0, header.value.find(';'));
    }
    return response;
  }
  int StatusOf(const std::string& method, const std::string& target, const std::string& body = "") {
    return Browse(method, target, body).status;
  }

  http::Response AskWith(const std::string& token, const std::string& method, const std::string& target,
                         const std::string& body = "") {
    return Ask(method, target, body, {{"auth-token", token}});
  }

  store::User AddUser(const std::string& name, store::PermissionSet permissions = {}) {
    const auto user = directory_->AddUser(name, permissions);
    EXPECT_TRUE(user);
    EXPECT_TRUE(directory_->accounts().SetPassword(user->id, CheapHash(kPassword)));
    return *user;
  }
  http::Response SignIn(const std::string& name, const std::string& password = kPassword) {
    return Browse("POST", "/api/SignIn/", R"({"name":")" + name + R"(","password":")" + password + R"("})");
  }

  // "who: action: object" of each entry, the oldest first.
  std::vector<std::string> Audit() {
    EXPECT_TRUE(audit_.Flush());
    std::vector<std::string> lines;
    const auto entries = directory_->ListAudit(0, 1'000);
    for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry)
      lines.push_back(entry->who + ": " + entry->action + ": " + entry->object);
    return lines;
  }

  // The JSON of a member, or an empty text.
  static std::string Member(const http::Response& response, const std::string& name) {
    const auto view = base::JsonView::Read(response.body);
    const auto member = view ? view->Member(name) : std::nullopt;
    if (!member) return {};
    return member->Text().value_or(member->Minified());
  }

  // As Cairn's own, but made in no time.
  static std::string CheapHash(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> hash;
    EXPECT_EQ(crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_MIN,
                                    crypto_pwhash_MEMLIMIT_MIN, crypto_pwhash_ALG_ARGON2ID13),
              0);
    return hash.data();
  }

  std::int64_t now_ms_ = 1'795'000'000'000;
  store::TemporaryFolder folder_;
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"), [this] { return now_ms_; });
  store::AuditLog audit_{*directory_};
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<http::Router> router_;
  std::string cookie_;
  std::string peer_ = "127.0.0.1";
};

}  // namespace cairn::accounts
