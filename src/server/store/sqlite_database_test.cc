#include "server/store/sqlite_database.h"

#include <string>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cairn::store
