// The contract of Directory. Every implementation is a line in the table of directory_for_test.h.
#include "server/store/directory.h"

#include <string>
#include <vector>

#include "server/store/directory_for_test.h"

namespace cairn::store {
namespace {

class ServerStoreDirectory : public DirectoryContract {};

TEST_P(ServerStoreDirectory, ATokenThatIsNotInForceHasItsReason) {
  const auto user = directory_->AddUser("somebody", {});
  const auto expired = directory_->CreateToken({.expires_ms = now_ms_ + 1});
  const auto revoked = directory_->CreateToken({});
  const auto users = directory_->CreateToken({.user_id = user->id});
  EXPECT_EQ(*directory_->ExplainToken(users->text), TokenState::kValid);
  now_ms_ += 2;
  ASSERT_TRUE(directory_->RevokeToken(revoked->record.id));
  ASSERT_TRUE(directory_->DisableUser(user->id));
  EXPECT_EQ(*directory_->ExplainToken(expired->text), TokenState::kExpired);
  EXPECT_EQ(*directory_->ExplainToken(users->text), TokenState::kUserDisabled);
  EXPECT_EQ(*directory_->ExplainToken(revoked->text), TokenState::kUnknown);
  EXPECT_EQ(*directory_->ExplainToken("cairn_"), TokenState::kUnknown);
}

TEST_P(ServerStoreDirectory, ATokenCarriesItsPermissions) {
  const auto created =
      directory_->CreateToken({.label = "build machine; it's \"new\"",
                               .permissions = {Permission::kUploadSymbols, Permission::kViewPings}});
  ASSERT_TRUE(created);
  const auto record = directory_->CheckToken(created->text);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->id, created->record.id);
  EXPECT_EQ((*record)->label, "build machine; it's \"new\"");
  EXPECT_EQ((*record)->created_ms, now_ms_);
  EXPECT_TRUE((*record)->permissions.Has(Permission::kUploadSymbols));
  EXPECT_TRUE((*record)->permissions.Has(Permission::kViewPings));
  EXPECT_FALSE((*record)->permissions.Has(Permission::kAdminister));
}

TEST_P(ServerStoreDirectory, OnlyTheExactTextPasses) {
  const auto created = directory_->CreateToken({.permissions = {Permission::kAdminister}});
  ASSERT_TRUE(created);
  std::string other = created->text;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& text : {other, std::string(), created->text + "0", created->text.substr(1),
                                  std::string("' OR 1=1 --"), std::string("%")}) {
    const auto record = directory_->CheckToken(text);
    ASSERT_TRUE(record) << text;
    EXPECT_FALSE(*record) << text;
  }
}

TEST_P(ServerStoreDirectory, TwoTokensDiffer) {
  EXPECT_NE(directory_->CreateToken({})->text, directory_->CreateToken({})->text);
}

TEST_P(ServerStoreDirectory, AnExpiredTokenGrantsNothing) {
  const auto created = directory_->CreateToken({.expires_ms = now_ms_ + 1000});
  ASSERT_TRUE(created);
  now_ms_ += 999;
  EXPECT_TRUE(*directory_->CheckToken(created->text));
  now_ms_ += 1;
  EXPECT_FALSE(*directory_->CheckToken(created->text));
}

TEST_P(ServerStoreDirectory, ARevokedTokenGrantsNothingAndStaysInTheList) {
  const auto kept = directory_->CreateToken({.label = "kept"});
  const auto created = directory_->CreateToken({.label = "revoked"});
  ASSERT_TRUE(created);
  ASSERT_TRUE(directory_->RevokeToken(created->record.id));
  now_ms_ += 5;
  ASSERT_TRUE(directory_->RevokeToken(created->record.id));
  EXPECT_FALSE(*directory_->CheckToken(created->text));
  EXPECT_TRUE(*directory_->CheckToken(kept->text));
  const auto tokens = directory_->ListTokens();
  ASSERT_EQ(tokens->size(), 2U);
  EXPECT_EQ((*tokens)[0].label, "kept");
  EXPECT_EQ((*tokens)[1].revoked_ms, now_ms_ - 5) << "the first time counts";
  EXPECT_EQ(directory_->RevokeToken(12345).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreDirectory, BadLabelsAreRefused) {
  EXPECT_FALSE(directory_->CreateToken({.label = std::string(kMaxDirectoryTextLength + 1, 'a')}));
  EXPECT_FALSE(directory_->CreateToken({.label = std::string("a\0b", 3)}));
}

TEST_P(ServerStoreDirectory, AUserIsFoundByTheExactName) {
  const auto added = directory_->AddUser("it's@example.org", {Permission::kViewPings});
  ASSERT_TRUE(added);
  EXPECT_EQ(added->created_ms, now_ms_);
  const auto found = directory_->FindUser("it's@example.org");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, added->id);
  EXPECT_TRUE((*found)->permissions.Has(Permission::kViewPings));
  for (const std::string& name : {std::string("It's@example.org"), std::string(), std::string("%")}) {
    EXPECT_FALSE(*directory_->FindUser(name)) << name;
  }
  EXPECT_EQ(directory_->AddUser("it's@example.org", {}).error().code, base::Code::kRefused);
  EXPECT_EQ(directory_->AddUser("", {}).error().code, base::Code::kBadValue);
  EXPECT_EQ(directory_->AddUser(std::string("a\0b", 3), {}).error().code, base::Code::kBadValue);
  ASSERT_TRUE(directory_->AddUser("second", {}));
  EXPECT_EQ(directory_->ListUsers()->size(), 2U);
  EXPECT_EQ((*directory_->ListUsers())[1].name, "second");
}

TEST_P(ServerStoreDirectory, ATokenNeverGrantsWhatItsUserMayNot) {
  const auto user = directory_->AddUser("user", {Permission::kViewPings, Permission::kViewPii});
  ASSERT_TRUE(user);
  const auto token = directory_->CreateToken(
      {.permissions = {Permission::kViewPings, Permission::kAdminister}, .user_id = user->id});
  ASSERT_TRUE(token);
  EXPECT_EQ((*directory_->CheckToken(token->text))->permissions, PermissionSet{Permission::kViewPings});
  EXPECT_EQ((*directory_->CheckToken(token->text))->user_id, user->id);
  ASSERT_TRUE(directory_->SetPermissions(user->id, {Permission::kAdminister}));
  EXPECT_EQ((*directory_->CheckToken(token->text))->permissions, PermissionSet{Permission::kAdminister});
  ASSERT_TRUE(directory_->SetPermissions(user->id, {}));
  EXPECT_TRUE((*directory_->CheckToken(token->text))->permissions.empty());
  EXPECT_TRUE((*directory_->ListTokens())[0].permissions.Has(Permission::kAdminister)) << "as it was made";
  EXPECT_EQ(directory_->CreateToken({.user_id = 12345}).error().code, base::Code::kNotFound);
  EXPECT_EQ(directory_->SetPermissions(12345, {}).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreDirectory, GrantsAreKeptByProduct) {
  const auto user = directory_->AddUser("user", {});
  const Grants grants = {{"it's \"Fenix\"", {Permission::kViewPii, Permission::kViewPings}},
                         {"Focus", {Permission::kViewClosedProducts}}};
  ASSERT_TRUE(directory_->SetGrants(user->id, grants));
  EXPECT_EQ((*directory_->FindUser("user"))->grants, grants);
  EXPECT_EQ((*directory_->ListUsers())[0].grants, grants);
  const auto session = directory_->accounts().CreateSession(user->id);
  EXPECT_EQ(session->record.grants, grants);
  EXPECT_EQ((*directory_->accounts().CheckSession(session->text))->grants, grants);
  ASSERT_TRUE(directory_->SetGrants(user->id, {{"Focus", {}}}));
  EXPECT_TRUE((*directory_->FindUser("user"))->grants.empty());
  EXPECT_EQ(directory_->SetGrants(12345, {}).error().code, base::Code::kNotFound);
  EXPECT_EQ(directory_->SetGrants(user->id, {{"a\tb", {Permission::kViewPii}}}).error().code,
            base::Code::kBadValue);
}

TEST_P(ServerStoreDirectory, ATokensGrantsAreThoseOfItsUserToo) {
  const auto user = directory_->AddUser("user", {});
  const Grants grants = {{"Fenix", {Permission::kViewPii}}};
  const auto own = directory_->CreateToken({.user_id = user->id, .grants = grants});
  const auto unowned = directory_->CreateToken({.grants = grants});
  EXPECT_TRUE((*directory_->CheckToken(own->text))->grants.empty());
  const Grants in_force = {{"Fenix", {Permission::kViewPii, Permission::kViewClosedProducts}}};
  EXPECT_EQ((*directory_->CheckToken(unowned->text))->grants, in_force);
  ASSERT_TRUE(directory_->SetGrants(user->id, {{"Fenix", {Permission::kViewPii, Permission::kViewPings}}}));
  EXPECT_EQ((*directory_->CheckToken(own->text))->grants, in_force);
  EXPECT_EQ((*directory_->ListTokens())[0].grants, grants) << "as it was made";
  EXPECT_EQ(directory_->CreateToken({.grants = {{"Fenix", {Permission::kAdminister}}}}).error().code,
            base::Code::kBadValue);
}

TEST_P(ServerStoreDirectory, TokensOfADisabledUserGrantNothingUntilTheUserIsEnabled) {
  const auto user = directory_->AddUser("user", {Permission::kViewPings});
  const auto token = directory_->CreateToken({.permissions = {Permission::kViewPings}, .user_id = user->id});
  const auto other = directory_->CreateToken({.permissions = {Permission::kViewPings}});
  ASSERT_TRUE(directory_->DisableUser(user->id));
  now_ms_ += 5;
  ASSERT_TRUE(directory_->DisableUser(user->id));
  EXPECT_FALSE(*directory_->CheckToken(token->text));
  EXPECT_TRUE(*directory_->CheckToken(other->text));
  EXPECT_EQ((*directory_->FindUser("user"))->disabled_ms, now_ms_ - 5) << "the first time counts";
  ASSERT_TRUE(directory_->EnableUser(user->id));
  EXPECT_TRUE(*directory_->CheckToken(token->text));
  EXPECT_FALSE((*directory_->FindUser("user"))->disabled_ms);
  EXPECT_EQ(directory_->DisableUser(12345).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreDirectory, AProductKeepsItsVisibilityAndItsDays) {
  const Product crashy{.name = "Crashy", .crashes = Visibility::kByToken, .report_days = 30};
  const Product editor{.name = "it's an Editor", .symbols = Visibility::kPublic, .ping_days = 7};
  ASSERT_TRUE(directory_->SetProduct(editor));
  ASSERT_TRUE(directory_->SetProduct(crashy));
  EXPECT_EQ(**directory_->FindProduct("Crashy"), crashy);
  EXPECT_EQ(*directory_->ListProducts(), (std::vector<Product>{crashy, editor}));
  Product changed = crashy;
  changed.report_days.reset();
  changed.crashes = Visibility::kPublic;
  ASSERT_TRUE(directory_->SetProduct(changed));
  EXPECT_EQ(**directory_->FindProduct("Crashy"), changed);
  EXPECT_EQ(directory_->ListProducts()->size(), 2U);
  ASSERT_TRUE(directory_->RemoveProduct("Crashy"));
  EXPECT_FALSE(*directory_->FindProduct("Crashy"));
  EXPECT_EQ(directory_->RemoveProduct("Crashy").error().code, base::Code::kNotFound);
  for (const Product& bad :
       {Product{}, Product{.name = "a", .report_days = 0}, Product{.name = "a", .ping_days = -1},
        Product{.name = std::string(kMaxDirectoryTextLength + 1, 'a')}}) {
    EXPECT_EQ(directory_->SetProduct(bad).error().code, base::Code::kBadValue);
  }
}

TEST_P(ServerStoreDirectory, TheAuditIsReadFromTheNewestBack) {
  for (int i = 0; i < 5; ++i) {
    now_ms_ += 1;
    ASSERT_TRUE(
        directory_->Record({.who = "it's me", .action = "read protected", .object = std::to_string(i)}));
  }
  const auto newest = directory_->ListAudit(0, 2);
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_EQ((*newest)[0].object, "4");
  EXPECT_EQ((*newest)[0].when_ms, now_ms_);
  EXPECT_EQ((*newest)[0].who, "it's me");
  const auto older = directory_->ListAudit((*newest)[1].id, 100);
  ASSERT_EQ(older->size(), 3U);
  EXPECT_EQ((*older)[0].object, "2");
  ASSERT_TRUE(
      directory_->Record({.who = std::string(1000, 'a'), .action = "x", .object = std::string("a\0b", 3)}));
  EXPECT_EQ((*directory_->ListAudit(0, 1))[0].who.size(), kMaxDirectoryTextLength);
  EXPECT_EQ((*directory_->ListAudit(0, 1))[0].object, "a");
}

TEST_P(ServerStoreDirectory, ALongTextOfTheAuditKeepsItsBeginItsEndAndAHash) {
  const auto kept = [&](const std::string& text) {
    EXPECT_TRUE(directory_->Record({.who = "a", .action = "sql", .object = text}));
    return (*directory_->ListAudit(0, 1))[0].object;
  };
  const std::string middle(1000, 'm');
  const std::string one = kept("SELECT begin" + middle + "end FROM crashes");
  const std::string other = kept("SELECT begin" + middle + "nend FROM crashes");
  EXPECT_TRUE(one.starts_with("SELECT begin") && one.ends_with("end FROM crashes")) << one;
  EXPECT_LE(one.size(), kMaxDirectoryTextLength);
  EXPECT_NE(one, other) << "they differ in what was cut";
  EXPECT_EQ(kept(std::string(kMaxDirectoryTextLength, 'x')), std::string(kMaxDirectoryTextLength, 'x'));
  // Never in the middle of a character, wherever the cut falls.
  for (const std::string begin : {"", "a", "ab", "abc"}) {
    std::string text = begin;
    for (int i = 0; i < 200; ++i) text += "\xE2\x82\xAC";
    const std::string cut = kept(text);
    const std::size_t dots = cut.find(" ... ");
    const std::size_t last = cut.rfind(" ... ") + 5;
    EXPECT_EQ((dots - begin.size()) % 3, 0U) << cut;
    EXPECT_EQ((cut.size() - last) % 3, 0U) << cut;
  }
}

TEST_P(ServerStoreDirectory, ObjectsOfTheAuditGiveWayToOthers) {
  const std::vector<AuditEntry> entries = {
      {.who = "a", .action = "read protected", .object = "the crash"},
      {.who = "b", .action = "reprocess", .object = "the crash"},
      {.who = "b", .action = "reprocess", .object = "the crash of another"}};
  ASSERT_TRUE(directory_->RecordAll(entries));
  ASSERT_TRUE(directory_->ReplaceObjects(
      std::vector<std::pair<std::string, std::string>>{{"the crash", "purged 1"}, {"unknown", "purged 2"}}));
  const auto listed = directory_->ListAudit(0, 10);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ((*listed)[2].object, "purged 1");
  EXPECT_EQ((*listed)[2].who, "a");
  EXPECT_EQ((*listed)[1].object, "purged 1");
  EXPECT_EQ((*listed)[0].object, "the crash of another");
}

TEST_P(ServerStoreDirectory, ATokenKnowsWhoseItIs) {
  const auto user = directory_->AddUser("somebody@example.org", {Permission::kViewPii});
  ASSERT_TRUE(user);
  const auto token = directory_->CreateToken({.permissions = {Permission::kViewPii}, .user_id = user->id});
  EXPECT_EQ((*directory_->CheckToken(token->text))->user_name, "somebody@example.org");
  EXPECT_EQ((*directory_->CheckToken(directory_->CreateToken({})->text))->user_name, "");
}

TEST_P(ServerStoreDirectory, AProductKeepsWhatItsPageShows) {
  const Product crashy{.name = "Crashy",
                       .description = "it's a \"browser\", über",
                       .featured_versions = {"1.0", "2.0b1"},
                       .links = {{"Home", "https://example.org/?a=1"}, {"Help", "http://example.org"}},
                       .bug_links = {{"Tracker", "https://bugs.example.org/new?title={title}"}}};
  ASSERT_TRUE(directory_->SetProduct(crashy));
  EXPECT_EQ(**directory_->FindProduct("Crashy"), crashy);
  ASSERT_TRUE(directory_->SetProduct({.name = "Crashy"}));
  EXPECT_EQ(**directory_->FindProduct("Crashy"), Product{.name = "Crashy"});
  const std::vector<Product> refused = {
      {.name = "a", .description = "two\nlines"},
      {.name = "a", .description = std::string(kMaxProductTextBytes + 1, 'a')},
      {.name = "a", .featured_versions = {""}},
      {.name = "a", .featured_versions = std::vector<std::string>(kMaxProductLinks + 1, "1")},
      {.name = "a", .links = {{"Evil", "javascript:alert(1)"}}},
      {.name = "a", .links = {{"", "https://example.org"}}},
      {.name = "a", .bug_links = {{"tab\t", "https://example.org"}}}};
  for (const Product& product : refused)
    EXPECT_EQ(directory_->SetProduct(product).error().code, base::Code::kBadValue) << product.description;
}

TEST_P(ServerStoreDirectory, TheAuditIsSearchedByWhoAndByWhatBegins) {
  for (const char* const who : {"ann", "bob"}) {
    for (const char* const action : {"grant view_pii", "revoke token"})
      ASSERT_TRUE(directory_->Record({.who = who, .action = action, .object = "x"}));
  }
  const auto count = [&](const AuditQuery& query) { return directory_->FindAudit(query)->size(); };
  EXPECT_EQ(count({.entries_max = 9, .who = "ann"}), 2U);
  EXPECT_EQ(count({.entries_max = 9, .who = "an"}), 0U);
  EXPECT_EQ(count({.entries_max = 9, .action = "grant"}), 2U);
  EXPECT_EQ(count({.entries_max = 9, .who = "bob", .action = "revoke token"}), 1U);
  EXPECT_EQ(count({.entries_max = 9, .action = "%"}), 0U);
  EXPECT_EQ(count({.before_id = 3, .entries_max = 9, .who = "bob"}), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, ServerStoreDirectory, EveryDirectory(),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
