#include "server/store/soci_directory.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/sqlite_database.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

TEST(ServerStoreSociDirectory, TheFileHoldsNoTokenAndIsPrivate) {
  const TemporaryFolder folder;
  const auto directory = SociDirectory::OpenSqlite(folder.Path("directory"));
  ASSERT_TRUE(directory);
  const auto created = (*directory)->CreateToken({.label = "label to be found"});
  ASSERT_TRUE(created);
  const std::string secret = created->text.substr(6);
  std::string all;
  for (const std::string name : {"directory", "directory-wal"})
    all += *os::ReadFile(folder.Path(name), 1 << 24);
  EXPECT_NE(all.find("label to be found"), std::string::npos);
  EXPECT_EQ(all.find(secret), std::string::npos);
  struct stat info{};
  ASSERT_EQ(stat(folder.Path("directory").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(ServerStoreSociDirectory, TwoOwnersSeeEachOthersTokens) {
  const TemporaryFolder folder;
  const auto server = SociDirectory::OpenSqlite(folder.Path("with a blank"));
  const auto command = SociDirectory::OpenSqlite(folder.Path("with a blank"));
  ASSERT_TRUE(server && command);
  const auto created = (*command)->CreateToken({.permissions = {Permission::kUploadSymbols}});
  ASSERT_TRUE(created);
  EXPECT_TRUE(*(*server)->CheckToken(created->text));
}

TEST(ServerStoreSociDirectory, AFileOfTheFirstSchemaOpensWithItsTokens) {
  const TemporaryFolder folder;
  const auto made = SociDirectory::OpenSqlite(folder.Path("directory"));
  const auto token = (*made)->CreateToken({.permissions = {Permission::kViewPii}});
  ASSERT_TRUE(token);
  {
    auto database = SqliteDatabase::Open(folder.Path("directory"));
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->Execute(
        "DROP TABLE users; DROP TABLE products; DROP TABLE audit; DROP TABLE directory_schema; "
        "DROP TABLE uploads; DROP TABLE symbol_files; DROP TABLE passwords; DROP TABLE sessions; "
        "DROP TABLE bug_links; DROP TABLE bug_states; DROP TABLE saved_searches; DROP TABLE short_links; "
        "ALTER TABLE tokens DROP COLUMN user_id; ALTER TABLE tokens DROP COLUMN grants; UPDATE tokens SET "
        "permissions = "
        "'view_protected,unheard_of'"));
  }
  for (int round = 0; round < 2; ++round) {
    const auto directory = SociDirectory::OpenSqlite(folder.Path("directory"));
    ASSERT_TRUE(directory);
    const auto record = (*directory)->CheckToken(token->text);
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->permissions, (PermissionSet{Permission::kViewPii, Permission::kViewClosedProducts}));
    EXPECT_FALSE((*record)->user_id);
    EXPECT_EQ((*directory)->AddUser("user", {}).has_value(), round == 0);
  }
}

TEST(ServerStoreSociDirectory, AFileOfTheFourthSchemaOpensWithItsProducts) {
  const TemporaryFolder folder;
  ASSERT_TRUE((*SociDirectory::OpenSqlite(folder.Path("directory")))->SetProduct({.name = "Crashy"}));
  {
    auto database = SqliteDatabase::Open(folder.Path("directory"));
    ASSERT_TRUE(database->Execute(
        "DROP TABLE passwords; DROP TABLE sessions; DROP TABLE bug_links; DROP TABLE bug_states; DROP TABLE "
        "saved_searches; DROP TABLE short_links; ALTER TABLE products DROP COLUMN description; ALTER TABLE "
        "products DROP COLUMN featured_versions; ALTER TABLE products DROP COLUMN links; ALTER TABLE "
        "products "
        "DROP COLUMN bug_links; ALTER TABLE users DROP COLUMN grants; ALTER TABLE tokens DROP COLUMN grants; "
        "UPDATE directory_schema SET version = 4"));
  }
  const auto directory = SociDirectory::OpenSqlite(folder.Path("directory"));
  ASSERT_TRUE(directory);
  EXPECT_EQ(**(*directory)->FindProduct("Crashy"), Product{.name = "Crashy"});
  const auto user = (*directory)->AddUser("user", {});
  EXPECT_TRUE((*directory)->accounts().CreateSession(user->id));
}

// Whoever was known saw closed products then.
TEST(ServerStoreSociDirectory, AFileOfTheFifthSchemaKeepsShowingClosedProducts) {
  const TemporaryFolder folder;
  std::string uploads;
  std::string reads;
  std::string nothing;
  {
    const auto made = *SociDirectory::OpenSqlite(folder.Path("directory"));
    const auto user = made->AddUser("ann", {Permission::kViewPii});
    uploads = made->CreateToken({.permissions = {Permission::kUploadSymbols}})->text;
    reads = made->CreateToken({.permissions = {Permission::kViewPii}, .user_id = user->id})->text;
    nothing = made->CreateToken({})->text;
  }
  ASSERT_TRUE(SqliteDatabase::Open(folder.Path("directory"))
                  ->Execute("ALTER TABLE users DROP COLUMN grants; ALTER TABLE tokens DROP COLUMN grants; "
                            "UPDATE directory_schema SET version = 5"));
  for (int round = 0; round < 2; ++round) {
    const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
    EXPECT_EQ((*directory->FindUser("ann"))->permissions.ToText(), "view_pii,view_closed_products");
    EXPECT_EQ((*directory->CheckToken(reads))->permissions.ToText(), "view_pii,view_closed_products");
    EXPECT_EQ((*directory->CheckToken(nothing))->permissions.ToText(), "view_closed_products");
    EXPECT_EQ((*directory->CheckToken(uploads))->permissions.ToText(), "upload_symbols") << "it only brings";
    EXPECT_TRUE((*directory->FindUser("ann"))->grants.empty());
  }
  const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
  EXPECT_TRUE(directory->AddUser("bob", {})->permissions.empty()) << "new ones are given what they are given";
}

TEST(ServerStoreSociDirectory, TheFileHoldsNoSession) {
  const TemporaryFolder folder;
  const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
  const auto user = directory->AddUser("user to be found", {});
  const auto session = directory->accounts().CreateSession(user->id);
  ASSERT_TRUE(session);
  std::string all;
  for (const std::string name : {"directory", "directory-wal"})
    all += *os::ReadFile(folder.Path(name), 1 << 24);
  EXPECT_NE(all.find("user to be found"), std::string::npos);
  EXPECT_EQ(all.find(session->text), std::string::npos);
}

TEST(ServerStoreSociDirectory, ReplacedObjectsAreInNoByte) {
  const TemporaryFolder folder;
  const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
  const std::string id = "de1bb258-cbbf-4589-a673-34f800160918";
  ASSERT_TRUE(directory->Record({.who = "somebody", .action = "read protected", .object = id}));
  const auto all_bytes = [&] {
    return *os::ReadFile(folder.Path("directory"), 1 << 24) +
           *os::ReadFile(folder.Path("directory-wal"), 1 << 24);
  };
  ASSERT_NE(all_bytes().find(id), std::string::npos);
  ASSERT_TRUE(directory->ReplaceObjects(std::vector<std::pair<std::string, std::string>>{{id, "purged"}}));
  EXPECT_EQ(all_bytes().find(id), std::string::npos);
  EXPECT_EQ(directory->ListAudit(0, 9)->at(0).object, "purged");
}

TEST(ServerStoreSociDirectory, AFileOfANewerVersionIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(SociDirectory::OpenSqlite(folder.Path("directory")));
  ASSERT_TRUE(
      SqliteDatabase::Open(folder.Path("directory"))->Execute("UPDATE directory_schema SET version = 99"));
  const auto directory = SociDirectory::OpenSqlite(folder.Path("directory"));
  EXPECT_EQ(directory.error().code, base::Code::kUnsupported);
}

TEST(ServerStoreSociDirectory, AFileOfAnotherKindIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(os::WriteFileDurably(folder.Path("directory"), base::AsBytes(std::string(4096, 'x'))));
  EXPECT_FALSE(SociDirectory::OpenSqlite(folder.Path("directory")));
}

}  // namespace
}  // namespace cairn::store
