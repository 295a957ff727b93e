#include "server/store/audit_log.h"

#include <gtest/gtest.h>

#include "server/store/soci_directory.h"
#include "server/store/sqlite_database.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

TEST(ServerStoreAuditLog, WhatWasNotedIsThereAfterAFlushInItsOrder) {
  const TemporaryFolder folder;
  const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
  AuditLog log(*directory);
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(log.Note({.who = "somebody", .action = "read protected", .object = std::to_string(i)}));
  ASSERT_TRUE(log.Flush());
  const auto entries = directory->ListAudit(0, 1000);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 500U);
  for (std::size_t i = 0; i < 500; ++i) EXPECT_EQ((*entries)[i].object, std::to_string(499 - i));
}

TEST(ServerStoreAuditLog, WhatWaitsIsWrittenAtTheEnd) {
  const TemporaryFolder folder;
  const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
  {
    EXPECT_TRUE(AuditLog(*directory).Note({.who = "somebody", .action = "read protected", .object = "a"}));
  }
  EXPECT_EQ(directory->ListAudit(0, 10)->size(), 1U);
}

TEST(ServerStoreAuditLog, NothingIsNotedThatHasNoRoomWhileTheDirectoryFails) {
  const TemporaryFolder folder;
  const auto directory = *SociDirectory::OpenSqlite(folder.Path("directory"));
  ASSERT_TRUE(SqliteDatabase::Open(folder.Path("directory"))->Execute("ALTER TABLE audit RENAME TO away"));
  AuditLog log(*directory);
  for (std::size_t i = 0; i < kMaxWaitingEntries; ++i) ASSERT_TRUE(log.Note({.who = "a"}));
  EXPECT_EQ(log.Note({.who = "one too many"}).error().code, base::Code::kLimitExceeded);
  ASSERT_TRUE(SqliteDatabase::Open(folder.Path("directory"))->Execute("ALTER TABLE away RENAME TO audit"));
  ASSERT_TRUE(log.Flush());
  EXPECT_EQ(directory->ListAudit(0, kMaxWaitingEntries + 1)->size(), kMaxWaitingEntries);
}

}  // namespace
}  // namespace cairn::store
