// `cairn user` as its users call it, beside an open directory as a running server has it.
#include "apps/user_command.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "os/file.h"
#include "server/accounts/password.h"
#include "server/store/soci_directory.h"

namespace cairn::apps {
namespace {

using store::Permission;
using store::PermissionSet;

struct CommandResult {
  int exit_code = -1;
  std::string output;  // Errors among it.
};

class UserCommandTest : public ::testing::Test {
 protected:
  UserCommandTest()
      : data_(::testing::TempDir() + "user_" + std::to_string(getpid()) + "_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::create_directories(data_);
    directory_ = *store::SociDirectory::OpenSqlite(data_ + "/directory.sqlite");
  }
  ~UserCommandTest() override { std::filesystem::remove_all(data_); }

  // With `input` on standard input, which has no single quote.
  CommandResult Run(const std::vector<std::string>& words, const std::string& input = "") const {
    std::string line = "printf '%s' '" + input + "' | " + CAIRN_BINARY_DIR + "/bin/cairn-server user";
    for (const std::string& word : words) line += " '" + word + "'";
    std::FILE* const pipe = popen((line + " --data '" + data_ + "' 2>&1").c_str(), "r");
    CommandResult result;
    char buffer[1 << 12];
    while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), pipe))
      result.output.append(buffer, size);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    return result;
  }

  std::string MakeToken(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"token"};
    words.insert(words.end(), more.begin(), more.end());
    const CommandResult made = Run(words);
    EXPECT_EQ(made.exit_code, 0) << made.output;
    return made.output.substr(0, made.output.find('\n'));
  }

  // Nothing if it grants nothing at all.
  std::optional<PermissionSet> PermissionsOf(const std::string& token) const {
    const auto record = directory_->CheckToken(token);
    EXPECT_TRUE(record);
    return record && *record ? std::optional((*record)->permissions) : std::nullopt;
  }

  std::string data_;
  std::unique_ptr<store::SociDirectory> directory_;
};

TEST_F(UserCommandTest, GrantsAndRevocationsCountAtOnce) {
  ASSERT_EQ(Run({"add", "ann@example.org", "--permissions", "view_pings"}).exit_code, 0);
  const std::string token = MakeToken({"--user", "ann@example.org", "--permissions", "view_pings,view_pii"});
  EXPECT_EQ(PermissionsOf(token), PermissionSet{Permission::kViewPings});
  EXPECT_EQ(Run({"grant", "ann@example.org", "view_pii"}).exit_code, 0);
  EXPECT_EQ(PermissionsOf(token), (PermissionSet{Permission::kViewPings, Permission::kViewPii}));
  EXPECT_EQ(Run({"revoke", "ann@example.org", "view_pings,view_rawdump"}).exit_code, 0);
  EXPECT_EQ(PermissionsOf(token), PermissionSet{Permission::kViewPii});
  EXPECT_EQ(Run({"disable", "ann@example.org"}).exit_code, 0);
  EXPECT_EQ(PermissionsOf(token), std::nullopt);
  EXPECT_EQ(Run({"enable", "ann@example.org"}).exit_code, 0);
  EXPECT_TRUE(PermissionsOf(token));
  EXPECT_EQ(Run({"revoke-token", "1"}).exit_code, 0);
  EXPECT_EQ(PermissionsOf(token), std::nullopt);
  const auto audit = directory_->ListAudit(0, 10);
  ASSERT_TRUE(audit);
  ASSERT_EQ(audit->size(), 7U);
  EXPECT_EQ(audit->back().action, "add user with view_pings");
  EXPECT_EQ((*audit)[5].action, "make token with view_pings,view_pii");
  EXPECT_EQ((*audit)[5].object, "1 of ann@example.org");
  EXPECT_EQ((*audit)[4].action, "grant view_pii");
  EXPECT_EQ((*audit)[4].object, "ann@example.org");
  const std::string shown = Run({"audit", "--count", "1"}).output;
  EXPECT_NE(shown.find("\tcairn user\trevoke token\t1\n"), std::string::npos) << shown;
}

TEST_F(UserCommandTest, ListsShowUsersAndTokensButNoSecret) {
  ASSERT_EQ(Run({"add", "ann@example.org", "--permissions", "view_pings"}).exit_code, 0);
  const std::string token =
      MakeToken({"--user", "ann@example.org", "--permissions", "view_pings", "--label", "CI"});
  const std::string unowned = MakeToken({"--permissions", "upload_symbols"});
  EXPECT_NE(Run({"list"}).output.find("ann@example.org\tview_pings\t"), std::string::npos);
  const std::string tokens = Run({"tokens"}).output;
  EXPECT_NE(tokens.find("1\tann@example.org\tview_pings\t"), std::string::npos) << tokens;
  EXPECT_NE(tokens.find("2\t-\tupload_symbols\t"), std::string::npos) << tokens;
  EXPECT_NE(tokens.find("\tCI\t\n"), std::string::npos) << tokens;
  EXPECT_EQ(tokens.find(token), std::string::npos);
  EXPECT_EQ(tokens.find(unowned), std::string::npos);
}

TEST_F(UserCommandTest, APasswordIsReadFromStandardInput) {
  const CommandResult added = Run({"add", "ann@example.org", "--password"}, "a long password\nmore\n");
  ASSERT_EQ(added.exit_code, 0) << added.output;
  const std::int64_t id = (*directory_->FindUser("ann@example.org"))->id;
  accounts::PasswordHasher hasher;
  EXPECT_TRUE(*hasher.Matches(*directory_->accounts().PasswordOf(id), "a long password"));
  const auto session = directory_->accounts().CreateSession(id);
  ASSERT_EQ(Run({"password", "ann@example.org"}, "another password").exit_code, 0);
  EXPECT_TRUE(*hasher.Matches(*directory_->accounts().PasswordOf(id), "another password"));
  EXPECT_FALSE(*directory_->accounts().CheckSession(session->text));
  EXPECT_EQ(directory_->ListAudit(0, 1)->at(0).action, "set password");
  EXPECT_EQ(Run({"password", "ann@example.org"}, "short").exit_code, 1);
  EXPECT_NE(Run({"password", "ann@example.org"}, "").exit_code, 0);
  EXPECT_EQ(Run({"password", "nobody"}, "another password").exit_code, 1);
  EXPECT_EQ(Run({"add", "bob", "--password"}, "short").exit_code, 1);
  EXPECT_FALSE(*directory_->FindUser("bob"));
}

TEST_F(UserCommandTest, MistakesSayWhatToDo) {
  ASSERT_EQ(Run({"add", "ann@example.org"}).exit_code, 0);
  const CommandResult again = Run({"add", "ann@example.org"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.output.find("taken"), std::string::npos) << again.output;
  const CommandResult unknown = Run({"grant", "nobody", "view_pii"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.output.find("cairn user list"), std::string::npos) << unknown.output;
  const CommandResult misspelt = Run({"grant", "ann@example.org", "root"});
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_NE(misspelt.output.find("view_pii"), std::string::npos) << misspelt.output;
  EXPECT_EQ(Run({"token", "--permissions", ""}).exit_code, 2);
  EXPECT_EQ(Run({"token", "--permissions", "view_pii", "--user", "nobody"}).exit_code, 1);
  EXPECT_EQ(Run({"revoke-token", "77"}).exit_code, 1);
  EXPECT_EQ(Run({}).exit_code, 2);
}

TEST_F(UserCommandTest, GrantsMayBeForOneProduct) {
  ASSERT_EQ(Run({"add", "ann", "--permissions", "view_pings"}).exit_code, 0);
  ASSERT_EQ(Run({"grant", "ann", "Hackers", "--product", "Fenix"}).exit_code, 0);
  const auto grants = [&] { return (*directory_->FindUser("ann"))->grants; };
  EXPECT_EQ(grants(),
            (store::Grants{
                {"Fenix", {Permission::kViewPii, Permission::kViewRawDump, Permission::kReprocessCrashes}}}));
  const std::string token = MakeToken({"--user", "ann", "--permissions", "view_pii", "--product", "Fenix"});
  EXPECT_EQ((*directory_->CheckToken(token))->grants,
            (store::Grants{{"Fenix", {Permission::kViewPii, Permission::kViewClosedProducts}}}));
  EXPECT_NE(Run({"list"}).output.find("\tFenix: view_pii,view_rawdump,reprocess_crashes\n"),
            std::string::npos);
  EXPECT_NE(Run({"tokens"}).output.find("\tFenix: view_pii\n"), std::string::npos);
  ASSERT_EQ(Run({"revoke", "ann", "view_pii,view_rawdump,reprocess_crashes", "--product", "Fenix"}).exit_code,
            0);
  EXPECT_TRUE(grants().empty());
  EXPECT_EQ((*directory_->FindUser("ann"))->permissions, PermissionSet{Permission::kViewPings});
  EXPECT_EQ(Run({"grant", "ann", "administer", "--product", "Fenix"}).exit_code, 2);
  ASSERT_EQ(Run({"add", "bob", "--permissions", "view_closed_products", "--product", "Fenix"}).exit_code, 0);
  EXPECT_EQ((*directory_->FindUser("bob"))->grants,
            (store::Grants{{"Fenix", {Permission::kViewClosedProducts}}}));
  EXPECT_EQ(directory_->ListAudit(0, 1)->at(0).action, "add user with Fenix: view_closed_products");
}

TEST_F(UserCommandTest, RolesAreThoseOfTheConfiguration) {
  ASSERT_EQ(Run({"add", "ann", "--permissions", "Hackers Plus"}).exit_code, 0);
  EXPECT_EQ((*directory_->FindUser("ann"))->permissions.ToText(),
            "view_pii,view_rawdump,run_custom_queries,run_long_queries,reprocess_crashes");
  EXPECT_EQ(Run({"grant", "ann", "Triage"}).exit_code, 2);
  const std::string config = data_ + "/cairn.toml";
  ASSERT_TRUE(os::WriteFileDurably(
      config, base::AsBytes("[[accounts.role]]\nname = \"Triage\"\npermissions = [\"edit_bugs\"]\n")));
  ASSERT_EQ(Run({"grant", "ann", "Triage", "--config", config}).exit_code, 0);
  EXPECT_TRUE((*directory_->FindUser("ann"))->permissions.Has(Permission::kEditBugs));
}

}  // namespace
}  // namespace cairn::apps
