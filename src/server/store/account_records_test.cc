// The contract of AccountRecords. Every implementation is a line in the table of directory_for_test.h.
#include "server/store/account_records.h"

#include <set>
#include <string>

#include "server/store/directory_for_test.h"

namespace cairn::store {
namespace {

class ServerStoreAccounts : public DirectoryContract {
 protected:
  ServerStoreAccounts()
      : accounts_(directory_->accounts()), user_(*directory_->AddUser("ann", {Permission::kViewPings})) {}

  bool IsInForce(const std::string& session) {
    const auto record = accounts_.CheckSession(session);
    EXPECT_TRUE(record);
    return record && record->has_value();
  }

  AccountRecords& accounts_;
  User user_;
};

TEST_P(ServerStoreAccounts, APasswordIsKeptAsItWasGivenAndForAUserAlone) {
  EXPECT_EQ(*accounts_.PasswordOf(user_.id), "");
  ASSERT_TRUE(accounts_.SetPassword(user_.id, "it's $a hash"));
  EXPECT_EQ(*accounts_.PasswordOf(user_.id), "it's $a hash");
  ASSERT_TRUE(accounts_.SetPassword(user_.id, "another"));
  EXPECT_EQ(*accounts_.PasswordOf(user_.id), "another");
  EXPECT_EQ(*accounts_.PasswordOf(user_.id + 1), "");
  EXPECT_EQ(accounts_.SetPassword(user_.id + 1, "hash").error().code, base::Code::kNotFound);
  ASSERT_TRUE(accounts_.SetPassword(user_.id, ""));
  EXPECT_EQ(*accounts_.PasswordOf(user_.id), "");
}

TEST_P(ServerStoreAccounts, ADisabledUserHasNoPassword) {
  ASSERT_TRUE(accounts_.SetPassword(user_.id, "hash"));
  ASSERT_TRUE(directory_->DisableUser(user_.id));
  EXPECT_EQ(*accounts_.PasswordOf(user_.id), "");
  ASSERT_TRUE(directory_->EnableUser(user_.id));
  EXPECT_EQ(*accounts_.PasswordOf(user_.id), "hash");
}

TEST_P(ServerStoreAccounts, ASessionStandsForItsUserAsThisOneIsNow) {
  const auto created = accounts_.CreateSession(user_.id);
  ASSERT_TRUE(created);
  EXPECT_EQ(created->text.size(), 64U);
  EXPECT_EQ(created->record.user_name, "ann");
  EXPECT_EQ(created->record.expires_ms, now_ms_ + kSessionIdleMs);
  ASSERT_TRUE(directory_->SetPermissions(user_.id, {Permission::kViewPii}));
  const auto record = accounts_.CheckSession(created->text);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->id, created->record.id);
  EXPECT_EQ((*record)->user_id, user_.id);
  EXPECT_EQ((*record)->permissions, PermissionSet{Permission::kViewPii});
  for (const std::string& other : {std::string(64, '0'), std::string(), created->text + "0",
                                   created->text.substr(1), std::string("' OR 1=1 --")}) {
    EXPECT_FALSE(IsInForce(other)) << other;
  }
  EXPECT_EQ(accounts_.CreateSession(user_.id + 1).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreAccounts, ASessionEndsWhenNobodyUsesIt) {
  const auto created = accounts_.CreateSession(user_.id);
  for (int i = 0; i < 3; ++i) {
    now_ms_ += kSessionIdleMs - 1;
    EXPECT_TRUE(IsInForce(created->text)) << i;
  }
  now_ms_ += kSessionIdleMs;
  EXPECT_FALSE(IsInForce(created->text));
}

TEST_P(ServerStoreAccounts, ASessionEndsAfterSevenDaysHoweverItIsUsed) {
  const auto created = accounts_.CreateSession(user_.id);
  const std::int64_t end_ms = now_ms_ + kSessionMs;
  for (; now_ms_ < end_ms; now_ms_ += kSessionIdleMs / 2) EXPECT_TRUE(IsInForce(created->text));
  EXPECT_FALSE(IsInForce(created->text));
}

TEST_P(ServerStoreAccounts, ADisabledUsersSessionsEndForGood) {
  const auto created = accounts_.CreateSession(user_.id);
  ASSERT_TRUE(directory_->DisableUser(user_.id));
  EXPECT_FALSE(IsInForce(created->text));
  EXPECT_EQ(accounts_.CreateSession(user_.id).error().code, base::Code::kNotFound);
  ASSERT_TRUE(directory_->EnableUser(user_.id));
  EXPECT_FALSE(IsInForce(created->text));
  EXPECT_TRUE(accounts_.CreateSession(user_.id));
}

TEST_P(ServerStoreAccounts, SessionsAreEndedOneByOneOrAllOfAUser) {
  const auto other_user = directory_->AddUser("bob", {});
  const auto first = accounts_.CreateSession(user_.id);
  const auto second = accounts_.CreateSession(user_.id);
  const auto third = accounts_.CreateSession(user_.id);
  const auto bobs = accounts_.CreateSession(other_user->id);
  ASSERT_TRUE(accounts_.EndSession(first->record.id));
  EXPECT_FALSE(IsInForce(first->text));
  EXPECT_TRUE(IsInForce(second->text));
  ASSERT_TRUE(accounts_.EndSessionsOf(user_.id));
  EXPECT_FALSE(IsInForce(second->text));
  EXPECT_FALSE(IsInForce(third->text));
  EXPECT_TRUE(IsInForce(bobs->text));
  EXPECT_TRUE(accounts_.EndSession(first->record.id));
}

TEST_P(ServerStoreAccounts, ANewPasswordEndsAllSessions) {
  const auto created = accounts_.CreateSession(user_.id);
  ASSERT_TRUE(accounts_.SetPassword(user_.id, "hash"));
  EXPECT_FALSE(IsInForce(created->text));
}

TEST_P(ServerStoreAccounts, TheOldestSessionGivesWay) {
  std::vector<std::string> texts;
  for (int i = 0; i < kMaxSessionsOfUser + 1; ++i) texts.push_back(accounts_.CreateSession(user_.id)->text);
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), texts.size());
  EXPECT_FALSE(IsInForce(texts[0]));
  EXPECT_TRUE(IsInForce(texts[1]));
  EXPECT_TRUE(IsInForce(texts.back()));
}

INSTANTIATE_TEST_SUITE_P(All, ServerStoreAccounts, EveryDirectory(),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
