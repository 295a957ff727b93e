// The caller's own tokens.
#include "server/accounts/accounts_for_test.h"

namespace cairn::accounts {
namespace {

using store::Permission;

class TokensTest : public AccountsTest {
 protected:
  // A token's text; a refusal's body.
  std::string Make(const std::string& permissions, const std::string& more = "") {
    const http::Response made =
        Browse("POST", "/api/Tokens/", R"({"label":"mine","permissions":[)" + permissions + "]" + more + "}");
    return made.status == 200 ? Member(made, "token") : made.body;
  }
};

TEST_F(TokensTest, AUserMakesTokensThatGrantWhatTheUserMay) {
  AddUser("ann", {Permission::kViewPings, Permission::kViewPii});
  ASSERT_EQ(SignIn("ann").status, 200);
  const std::string token = Make(R"("view_pii")", R"(,"expires_days":7)");
  const auto record = directory_->CheckToken(token);
  ASSERT_TRUE(record && *record) << token;
  EXPECT_EQ((*record)->permissions, store::PermissionSet{Permission::kViewPii});
  EXPECT_EQ(Make(R"("administer")"), R"({"error":"A token grants only what you may do yourself"})");
  EXPECT_NE(Make(R"("nonsense")").find("permission name"), std::string::npos);
  EXPECT_NE(Make("", R"(,"expires_days":0)").find("expires_days"), std::string::npos);
  EXPECT_NE(Make("", R"(,"expires_days":99999)").find("expires_days"), std::string::npos);
  EXPECT_TRUE(Make("").starts_with("cairn_"));
  EXPECT_EQ(Audit(), (std::vector<std::string>{"ann: sign in: ann", "ann: make token with view_pii: 1 of ann",
                                               "ann: make token with : 2 of ann"}));
}

TEST_F(TokensTest, ATokenMakesNoneThatGrantsMoreOrLastsLonger) {
  const store::User user = AddUser("ann", {Permission::kViewPings, Permission::kViewPii});
  const std::int64_t end_ms = os::UnixMillis() + 3'600'000;
  const auto token = directory_->CreateToken(
      {.permissions = {Permission::kViewPings}, .expires_ms = end_ms, .user_id = user.id});
  const auto make = [&](const std::string& permission) {
    return AskWith(token->text, "POST", "/api/Tokens/",
                   R"({"label":"child","permissions":[")" + permission + R"("],"expires_days":100})");
  };
  EXPECT_EQ(make("view_pii").status, 403);
  const http::Response made = make("view_pings");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ((*directory_->CheckToken(Member(made, "token")))->expires_ms, end_ms);
}

TEST_F(TokensTest, ATokenMayBeForSingleProducts) {
  const store::User user = AddUser("ann", {Permission::kViewPings});
  ASSERT_TRUE(directory_->SetGrants(user.id, {{"Fenix", {Permission::kViewPii}}}));
  ASSERT_EQ(SignIn("ann").status, 200);
  const std::string token = Make("", R"(,"grants":{"Fenix":["view_pii"],"Focus":["view_pings"]})");
  const auto record = directory_->CheckToken(token);
  ASSERT_TRUE(record && *record) << token;
  EXPECT_EQ((*record)->grants,
            (store::Grants{{"Fenix", {Permission::kViewPii, Permission::kViewClosedProducts}},
                           {"Focus", {Permission::kViewPings}}}));
  EXPECT_EQ(Member(AskWith(token, "GET", "/api/Me/"), "permissions"), "[]");
  for (const char* const more :
       {R"(,"grants":{"Focus":["view_pii"]})", R"(,"grants":{"Focus":["view_closed_products"]})"})
    EXPECT_EQ(Make("", more), R"({"error":"A token grants only what you may do yourself"})") << more;
  EXPECT_EQ(Audit().at(1), "ann: make token with Fenix: view_pii; Focus: view_pings: 1 of ann");
}

TEST_F(TokensTest, OnlyOwnTokensAreListedAndNoTexts) {
  const store::User ann = AddUser("ann");
  const store::User bob = AddUser("bob");
  const auto anns = directory_->CreateToken({.label = "ann's", .user_id = ann.id});
  const auto bobs = directory_->CreateToken({.label = "bob's", .user_id = bob.id});
  ASSERT_TRUE(directory_->CreateToken({.label = "nobody's"}));
  ASSERT_EQ(SignIn("ann").status, 200);
  const http::Response list = Browse("GET", "/api/Tokens/");
  EXPECT_NE(list.body.find(R"("label":"ann's")"), std::string::npos) << list.body;
  EXPECT_EQ(list.body.find("bob's"), std::string::npos);
  EXPECT_EQ(list.body.find("nobody's"), std::string::npos);
  EXPECT_EQ(list.body.find(anns->text), std::string::npos);
  const auto revoke = [&](std::int64_t id) {
    return StatusOf("POST", "/api/Tokens/revoke/", "{\"id\":" + std::to_string(id) + "}");
  };
  EXPECT_EQ(revoke(bobs->record.id), 404);
  EXPECT_EQ(revoke(999), 404);
  EXPECT_EQ(revoke(anns->record.id), 200);
  EXPECT_FALSE(*directory_->CheckToken(anns->text));
  EXPECT_TRUE(*directory_->CheckToken(bobs->text));
  EXPECT_NE(Browse("GET", "/api/Tokens/").body.find(R"("revoked":")"), std::string::npos);
  EXPECT_EQ(StatusOf("POST", "/api/Tokens/revoke/", "{}"), 400);
  ASSERT_TRUE(directory_->SetPermissions(ann.id, {Permission::kAdminister}));
  EXPECT_EQ(revoke(bobs->record.id), 200) << "who administers may";
}

TEST_F(TokensTest, OneUserHasOnlySoMany) {
  const store::User user = AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  for (std::size_t i = 0; i < kMaxTokensOfUser; ++i)
    ASSERT_TRUE(directory_->CreateToken({.user_id = user.id}));
  EXPECT_NE(Make("").find("as many as there may be"), std::string::npos);
  ASSERT_TRUE(directory_->RevokeToken(1));
  EXPECT_TRUE(Make("").starts_with("cairn_"));
}

TEST_F(TokensTest, WhoIsNoUserHasNone) {
  const auto token = directory_->CreateToken({.label = "CI", .permissions = {Permission::kAdminister}});
  EXPECT_EQ(AskWith(token->text, "GET", "/api/Tokens/").status, 403);
  EXPECT_EQ(StatusOf("GET", "/api/Tokens/"), 403);
}

}  // namespace
}  // namespace cairn::accounts
