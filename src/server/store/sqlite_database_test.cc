#include "server/store/sqlite_database.h"

#include <string>

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

TEST(ServerStoreSqliteDatabase, ValuesAreBoundNotPasted) {
  const TemporaryFolder folder;
  auto database = SqliteDatabase::Open(folder.Path("db"));
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->Execute("CREATE TABLE t (a INTEGER, b TEXT)"));
  auto insert = database->Prepare("INSERT INTO t VALUES (?, ?)");
  ASSERT_TRUE(insert);
  const std::string text("'); DROP TABLE t; --\0z", 22);
  ASSERT_TRUE(insert->Bind(std::int64_t{7}).Bind(text).Run());
  ASSERT_TRUE(insert->Bind(std::int64_t{8}).Bind(std::string_view()).Run())
      << "a statement can be used again";
  auto select = database->Prepare("SELECT a, b FROM t ORDER BY a");
  ASSERT_TRUE(select);
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Integer(0), 7);
  EXPECT_EQ(select->Text(1), text);
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Text(1), "");
  EXPECT_FALSE(*select->Step());
}

TEST(ServerStoreSqliteDatabase, ErrorsAreReturned) {
  const TemporaryFolder folder;
  EXPECT_FALSE(SqliteDatabase::Open(folder.Path("no/such/folder")));
  auto database = SqliteDatabase::Open(folder.Path("db"));
  ASSERT_TRUE(database);
  EXPECT_FALSE(database->Execute("no statement"));
  EXPECT_FALSE(database->Prepare("SELECT * FROM nothing"));
  auto select = database->Prepare("SELECT ?");
  ASSERT_TRUE(select);
  EXPECT_FALSE(select->Bind(std::int64_t{1}).Bind(std::int64_t{2}).Step()) << "one parameter too many";
  EXPECT_TRUE(select->Bind(std::int64_t{1}).Step());
}

TEST(ServerStoreSqliteDatabase, BlobsHoldAnyBytes) {
  const TemporaryFolder folder;
  auto database = SqliteDatabase::Open(folder.Path("db"));
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->Execute("CREATE TABLE t (b BLOB) STRICT"));
  const std::string bytes("\0\xff\x80 \0", 5);
  auto insert = database->Prepare("INSERT INTO t VALUES (?)");
  ASSERT_TRUE(insert->Bind(base::AsBytes(bytes)).Run());
  ASSERT_TRUE(insert->Bind(base::Bytes()).Run());
  auto select = database->Prepare("SELECT b FROM t ORDER BY length(b) DESC");
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Blob(0), bytes);
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Blob(0), "");
}

TEST(ServerStoreSqliteDatabase, ScrubbedTextsAreInNoByte) {
  const TemporaryFolder folder;
  const std::string text = "89ba9d98-b041-46f3-8b1a-36dfeb5e1b15";
  auto database = SqliteDatabase::Open(folder.Path("db"));
  ASSERT_TRUE(database);
  // Without overwriting, as if copies had been left where overwriting does not reach.
  ASSERT_TRUE(database->Execute("PRAGMA secure_delete=OFF; CREATE TABLE t (a TEXT)"));
  ASSERT_TRUE(database->Execute("INSERT INTO t VALUES ('kept and to be found'), ('" + text + "')"));
  ASSERT_TRUE(database->Execute("DELETE FROM t WHERE a = '" + text + "'"));
  const auto all_bytes = [&] {
    return *os::ReadFile(folder.Path("db"), 1 << 24) + *os::ReadFile(folder.Path("db-wal"), 1 << 24);
  };
  ASSERT_NE(all_bytes().find(text), std::string::npos);
  ASSERT_TRUE(database->Scrub(std::vector<std::string>{"another text that is nowhere"}));
  ASSERT_NE(all_bytes().find(text), std::string::npos) << "nothing was asked of this one";
  ASSERT_TRUE(database->Scrub(std::vector<std::string>{text}));
  EXPECT_EQ(all_bytes().find(text), std::string::npos);
  EXPECT_NE(all_bytes().find("kept and to be found"), std::string::npos);
  ASSERT_TRUE(database->Execute("INSERT INTO t VALUES ('goes on')"));
}

}  // namespace
}  // namespace cairn::store
