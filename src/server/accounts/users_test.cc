// Users and the audit, for who administers.
#include "server/accounts/accounts_for_test.h"

namespace cairn::accounts {
namespace {

using store::Permission;
using store::PermissionSet;

class UsersTest : public AccountsTest {
 protected:
  UsersTest() {
    AddUser("root", {Permission::kAdminister});
    EXPECT_EQ(SignIn("root").status, 200);
  }
  int Change(const std::string& body) { return StatusOf("POST", "/api/Users/change/", body); }
};

TEST_F(UsersTest, AUserIsAddedAndSignsIn) {
  const http::Response added = Browse(
      "POST", "/api/Users/", R"({"name":"ann","permissions":["view_pii"],"password":"a long password"})");
  EXPECT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(Member(added, "permissions"), R"(["view_pii"])");
  EXPECT_EQ(StatusOf("POST", "/api/Users/", R"({"name":"ann"})"), 400) << "the name is taken";
  EXPECT_EQ(StatusOf("POST", "/api/Users/", R"({"name":"bob","password":"short"})"), 400);
  EXPECT_FALSE(*directory_->FindUser("bob")) << "without the password there is no user";
  EXPECT_EQ(StatusOf("POST", "/api/Users/", R"({"name":"bob","permissions":["nonsense"]})"), 400);
  const std::string list = Browse("GET", "/api/Users/").body;
  EXPECT_NE(list.find(R"("name":"ann","permissions":["view_pii"],"grants":{},"created":")"),
            std::string::npos)
      << list;
  EXPECT_EQ(list.find("argon2"), std::string::npos);
  EXPECT_EQ(Audit().at(1), "root: add user with view_pii: ann");
  cookie_.clear();
  EXPECT_EQ(SignIn("ann").status, 200);
  EXPECT_EQ(StatusOf("GET", "/api/Users/"), 403);
}

TEST_F(UsersTest, WhatIsGivenIsChangedAndNoted) {
  AddUser("ann", {Permission::kViewPii, Permission::kViewPings});
  EXPECT_EQ(Change(R"({"name":"ann","permissions":["view_pings","edit_bugs"]})"), 200);
  EXPECT_EQ((*directory_->FindUser("ann"))->permissions,
            (PermissionSet{Permission::kViewPings, Permission::kEditBugs}));
  EXPECT_EQ(Change(R"({"name":"ann","disabled":true})"), 200);
  EXPECT_TRUE((*directory_->FindUser("ann"))->disabled_ms);
  EXPECT_EQ(Change(R"({"name":"ann","disabled":false,"password":"another password"})"), 200);
  EXPECT_FALSE((*directory_->FindUser("ann"))->disabled_ms);
  EXPECT_EQ(Change(R"({"name":"ann","password":"short"})"), 400);
  EXPECT_EQ(Change(R"({"name":"nobody"})"), 404);
  EXPECT_EQ(Change(R"({"name":"ann","disabled":"yes"})"), 400);
  EXPECT_EQ(Audit(), (std::vector<std::string>{"root: sign in: root", "root: grant edit_bugs: ann",
                                               "root: revoke view_pii: ann", "root: disable: ann",
                                               "root: set password: ann", "root: enable: ann",
                                               "root: set password: ann"}));
  cookie_.clear();
  EXPECT_EQ(SignIn("ann", "another password").status, 200);
}

TEST_F(UsersTest, WhatIsGivenForSingleProductsIsChangedAndNoted) {
  const http::Response added =
      Browse("POST", "/api/Users/", R"({"name":"ann","grants":{"Fenix":["view_pii","view_pings"]}})");
  EXPECT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(Member(added, "grants"), R"({"Fenix":["view_pings","view_pii"]})");
  EXPECT_EQ(Change(R"({"name":"ann","grants":{"Fenix":["view_pii"],"Focus":["Hackers"]}})"), 200);
  EXPECT_EQ((*directory_->FindUser("ann"))->grants,
            (store::Grants{
                {"Fenix", {Permission::kViewPii}},
                {"Focus", {Permission::kViewPii, Permission::kViewRawDump, Permission::kReprocessCrashes}}}));
  EXPECT_EQ(Change(R"({"name":"ann","permissions":["view_pings"]})"), 200);
  EXPECT_EQ((*directory_->FindUser("ann"))->grants.size(), 2U) << "what is not given stays";
  EXPECT_EQ(Change(R"({"name":"ann","grants":{"Fenix":["administer"]}})"), 400);
  EXPECT_EQ(Change(R"({"name":"ann","grants":{"Fenix":["nonsense"]}})"), 400);
  EXPECT_EQ(Change(R"({"name":"ann","grants":["view_pii"]})"), 400);
  EXPECT_EQ(Change(R"({"name":"ann","grants":{}})"), 200);
  EXPECT_TRUE((*directory_->FindUser("ann"))->grants.empty());
  EXPECT_EQ(Audit(),
            (std::vector<std::string>{
                "root: sign in: root", "root: add user: ann",
                "root: grant view_pings,view_pii for Fenix: ann", "root: revoke view_pings for Fenix: ann",
                "root: grant view_pii,view_rawdump,reprocess_crashes for Focus: ann",
                "root: grant view_pings: ann", "root: revoke view_pii for Fenix: ann",
                "root: revoke view_pii,view_rawdump,reprocess_crashes for Focus: ann"}));
}

TEST_F(UsersTest, RolesAreGivenByTheirNames) {
  AccountsOptions options;
  options.roles.push_back({"Triage", {Permission::kEditBugs, Permission::kViewPings}});
  Restart(options);
  EXPECT_EQ(Member(Browse("POST", "/api/Users/", R"({"name":"ann","permissions":["Hackers Plus","Triage"]})"),
                   "permissions"),
            R"(["view_pings","view_pii","view_rawdump","run_custom_queries","run_long_queries",)"
            R"("reprocess_crashes","edit_bugs"])");
  const http::Response list = Browse("GET", "/api/Users/");
  EXPECT_NE(list.body.find(R"({"name":"Triage","permissions":["view_pings","edit_bugs"]})"),
            std::string::npos)
      << list.body;
  EXPECT_EQ(Member(list, "product_permissions"),
            R"(["view_pings","view_pii","view_rawdump","reprocess_crashes","view_closed_products"])");
}

TEST_F(UsersTest, NobodyLocksHimselfOut) {
  EXPECT_EQ(Change(R"({"name":"root","disabled":true})"), 400);
  EXPECT_EQ(Change(R"({"name":"root","permissions":["view_pii"]})"), 400);
  EXPECT_EQ(Change(R"({"name":"root","permissions":["view_pii","administer"]})"), 200);
}

TEST_F(UsersTest, TheAuditIsReadInPages) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(directory_->Record({.who = "ann", .action = "grant view_pii", .object = std::to_string(i)}));
  ASSERT_TRUE(audit_.Flush());
  const http::Response first = Browse("GET", "/api/Audit/?count=3&who=ann");
  EXPECT_NE(first.body.find(R"("who":"ann","action":"grant view_pii","object":"4")"), std::string::npos)
      << first.body;
  const std::string next = Member(first, "next");
  ASSERT_NE(next, "");
  const http::Response second = Browse("GET", "/api/Audit/?count=3&who=ann&before=" + next);
  EXPECT_NE(second.body.find(R"("object":"0")"), std::string::npos) << second.body;
  EXPECT_EQ(Member(second, "next"), "");
  EXPECT_EQ(Member(Browse("GET", "/api/Audit/?action=revoke"), "entries"), "[]");
}

class ProductsTest : public UsersTest {};

TEST_F(ProductsTest, WhatIsNotGivenStays) {
  const http::Response set = Browse("POST", "/api/Products/", R"({"name":"Crashy","description":"a browser",
      "crashes":"public","symbols":"public","report_days":30,"versions":["1.0"],
      "links":[{"label":"Home","url":"https://example.org"}],
      "bug_links":[{"label":"Tracker","url_template":"https://bugs.example.org/?t={title}"}]})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(
      set.body,
      R"({"name":"Crashy","description":"a browser","crashes":"public","symbols":"public","report_days":30,)"
      R"("versions":["1.0"],"links":[{"label":"Home","url":"https://example.org"}],)"
      R"("bug_links":[{"label":"Tracker","url_template":"https://bugs.example.org/?t={title}"}]})");
  EXPECT_EQ(StatusOf("POST", "/api/Products/", R"({"name":"Crashy","report_days":0,"symbols":"token"})"),
            200);
  const store::Product product = **directory_->FindProduct("Crashy");
  EXPECT_EQ(product.description, "a browser");
  EXPECT_EQ(product.report_days, std::nullopt);
  EXPECT_EQ(product.symbols, store::Visibility::kByToken);
  EXPECT_EQ(product.links.size(), 1U);
  for (const char* const bad : {R"({"description":"x"})", R"({"name":"a","crashes":"x"})",
                                R"({"name":"a","report_days":-1})", R"({"name":"a","links":[{"label":"x"}]})",
                                R"({"name":"a","links":[{"label":"x","url":"javascript:x"}]
})"})
    EXPECT_EQ(StatusOf("POST", "/api/Products/", bad), 400) << bad;
  EXPECT_EQ(StatusOf("POST", "/api/Products/remove/", R"({"name":"Crashy"})"), 200);
  EXPECT_EQ(StatusOf("POST", "/api/Products/remove/", R"({"name":"Crashy"})"), 404);
}

TEST_F(ProductsTest, EverybodySeesThoseWhoseCrashesArePublicAndSomeTheOthers) {
  ASSERT_TRUE(directory_->SetProduct({.name = "Open"}));
  ASSERT_TRUE(directory_->SetProduct({.name = "Secret", .crashes = store::Visibility::kByToken}));
  EXPECT_NE(Browse("GET", "/api/Products/").body.find("Secret"), std::string::npos);
  const store::User ann = AddUser("ann", {Permission::kViewPii});
  cookie_.clear();
  ASSERT_EQ(SignIn("ann").status, 200);
  EXPECT_EQ(Browse("GET", "/api/Products/").body.find("Secret"), std::string::npos) << "known is not enough";
  ASSERT_TRUE(directory_->SetGrants(ann.id, {{"Secret", {Permission::kViewPings}}}));
  EXPECT_NE(Browse("GET", "/api/Products/").body.find("Secret"), std::string::npos);
  EXPECT_EQ(Member(Browse("GET", "/api/Me/"), "grants"),
            R"({"Secret":["view_pings","view_closed_products"]})");
  cookie_.clear();
  const std::string seen = Browse("GET", "/api/Products/").body;
  EXPECT_NE(seen.find("Open"), std::string::npos);
  EXPECT_EQ(seen.find("Secret"), std::string::npos);
  EXPECT_EQ(StatusOf("POST", "/api/Products/", R"({"name":"Mine"})"), 403);
}

TEST_F(ProductsTest, WhereSourceFilesAreComesWithThem) {
  EXPECT_EQ(Member(Browse("GET", "/api/Products/"), "source_links"), "[]");
  Restart({.source_links = {{"git:git.example.org/", "https://git.example.org/{name}/{path}"}}});
  EXPECT_NE(Browse("GET", "/api/Products/")
                .body.find(R"("source_links":[{"prefix":"git:git.example.org/",)"
                           R"("url_template":"https://git.example.org/{name}/{path}"}])"),
            std::string::npos);
}

class BookmarkRoutesTest : public AccountsTest {};

TEST_F(BookmarkRoutesTest, SearchesAreKeptByUser) {
  AddUser("ann");
  AddUser("bob");
  EXPECT_EQ(StatusOf("GET", "/api/SavedSearches/"), 403);
  ASSERT_EQ(SignIn("ann").status, 200);
  const http::Response saved =
      Browse("POST", "/api/SavedSearches/", R"({"name":"mine","url":"/search?product=Crashy"})");
  EXPECT_EQ(saved.status, 200);
  EXPECT_EQ(StatusOf("POST", "/api/SavedSearches/", R"({"name":"evil","url":"https://evil.example"})"), 400);
  EXPECT_NE(Browse("GET", "/api/SavedSearches/").body.find(R"("url":"/search?product=Crashy")"),
            std::string::npos);
  const std::string remove = "{\"id\":" + Member(saved, "id") + "}";
  const std::string anns = std::exchange(cookie_, "");
  ASSERT_EQ(SignIn("bob").status, 200);
  EXPECT_EQ(Member(Browse("GET", "/api/SavedSearches/"), "searches"), "[]");
  EXPECT_EQ(StatusOf("POST", "/api/SavedSearches/remove/", remove), 404);
  cookie_ = anns;
  EXPECT_EQ(StatusOf("POST", "/api/SavedSearches/remove/", remove), 200);
  EXPECT_EQ(StatusOf("POST", "/api/SavedSearches/remove/", remove), 404);
}

TEST_F(BookmarkRoutesTest, AShortLinkLeadsToItsPage) {
  const http::Response made = Browse("POST", "/api/ShortLinks/", R"({"url":"/search?a=1"})");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(Member(made, "url"), "/s/" + Member(made, "id"));
  EXPECT_EQ(Browse("GET", "/api/ShortLinks/?id=" + Member(made, "id")).body, R"({"url":"/search?a=1"})");
  EXPECT_EQ(StatusOf("GET", "/api/ShortLinks/?id=unknown"), 404);
  EXPECT_EQ(StatusOf("POST", "/api/ShortLinks/", R"({"url":"//evil.example"})"), 400);
}

TEST_F(BookmarkRoutesTest, NobodyMakesShortLinksWithoutEnd) {
  const auto count_made = [&](int wanted) {
    int made = 0;
    for (int i = 0; i < wanted; ++i)
      made +=
          StatusOf("POST", "/api/ShortLinks/", R"({"url":"/search?a=)" + std::to_string(i) + R"("})") == 200;
    return made;
  };
  EXPECT_EQ(count_made(60), kShortLinksOfOne.burst);
  EXPECT_EQ(StatusOf("POST", "/api/ShortLinks/", R"({"url":"/search?a=1"})"), 429);
  AddUser("ann");
  ASSERT_EQ(SignIn("ann").status, 200);
  EXPECT_EQ(count_made(60), kShortLinksOfOne.burst) << "of a user, wherever that is";
}

}  // namespace
}  // namespace cairn::accounts
