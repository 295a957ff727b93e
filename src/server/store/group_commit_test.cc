#include "server/store/group_commit.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

TEST(ServerStoreGroupCommit, WorkOfManyThreadsIsAllCommitted) {
  const TemporaryFolder folder;
  auto database = SqliteDatabase::Open(folder.Path("db"));
  ASSERT_TRUE(database && database->Execute("CREATE TABLE t (a INTEGER)"));
  GroupCommit commits(*database);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          EXPECT_TRUE(commits.Run([&] { return database->Execute("INSERT INTO t VALUES (1)"); }));
        }
      });
    }
  }
  auto reader = SqliteDatabase::Open(folder.Path("db"));
  auto count = reader->Prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(count && *count->Step());
  EXPECT_EQ(count->Integer(0), 400);
}

TEST(ServerStoreGroupCommit, AFailureIsReturnedToWhoCausedItAlone) {
  const TemporaryFolder folder;
  auto database = SqliteDatabase::Open(folder.Path("db"));
  ASSERT_TRUE(database && database->Execute("CREATE TABLE t (a INTEGER)"));
  GroupCommit commits(*database);
  const base::Error error{base::Code::kNotFound, 0, "test"};
  EXPECT_EQ(commits.Run([&]() -> base::Status { return error; }).error(), error);
  EXPECT_TRUE(commits.Run([&] { return database->Execute("INSERT INTO t VALUES (1)"); }));
}

}  // namespace
}  // namespace cairn::store
