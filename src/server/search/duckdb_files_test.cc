#include "server/search/duckdb_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServerSearchDuckDbFiles : public ::testing::Test {
 protected:
  ServerSearchDuckDbFiles()
      : database_(DuckDatabase::Open("", {}, {})),
        connection_(database_->Connect()),
        files_(folder_.Path("files"), *connection_) {
    EXPECT_TRUE(files_.Open());
  }

  static DuckDbFiles::Fill TableWith(int number) {
    return [number](DuckConnection& connection) {
      return connection.Execute("CREATE TABLE unfinished.t AS SELECT " + std::to_string(number) +
                                "::BIGINT AS a");
    };
  }

  std::int64_t NumberIn(const DuckDbFileRef& file) {
    auto rows = connection_->Query("SELECT a FROM " + file->catalog + ".t");
    EXPECT_TRUE(rows && rows->Next());
    return rows->Integer(0);
  }

  TemporaryFolder folder_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
  DuckDbFiles files_;
};

TEST_F(ServerSearchDuckDbFiles, AFileIsMadeWholeOrNotAtAll) {
  EXPECT_FALSE(files_.Create("a-b", [](DuckConnection& connection) {
    return connection.Execute("CREATE TABLE unfinished.t (nonsense");
  }));
  EXPECT_THAT(*os::ListDirectory(folder_.Path("files")), IsEmpty());
  const auto file = files_.Create("a-b", TableWith(1));
  ASSERT_TRUE(file);
  EXPECT_THAT(*os::ListDirectory(folder_.Path("files")), ElementsAre("a-b.duckdb"));
  EXPECT_EQ(NumberIn(*file), 1);
}

TEST_F(ServerSearchDuckDbFiles, ASuccessorTakesTheFilesPlaceWhileItIsRead) {
  auto old = files_.Create("a", TableWith(1));
  ASSERT_TRUE(old);
  const auto successor = files_.Replace(*old, TableWith(2));
  ASSERT_TRUE(successor);
  EXPECT_EQ(NumberIn(*successor), 2);
  EXPECT_EQ(NumberIn(*old), 1) << "whoever holds it reads on";
  EXPECT_FALSE(*files_.RemoveRetired());
  EXPECT_THAT(*os::ListDirectory(folder_.Path("files")), ElementsAre("a.1.duckdb", "a.duckdb"));
  old = DuckDbFileRef();
  EXPECT_TRUE(*files_.RemoveRetired());
  EXPECT_THAT(*os::ListDirectory(folder_.Path("files")), ElementsAre("a.1.duckdb"));
}

TEST_F(ServerSearchDuckDbFiles, AFailedReplacementLeavesTheFileInItsPlace) {
  const auto old = files_.Create("a", TableWith(1));
  ASSERT_TRUE(old);
  EXPECT_FALSE(
      files_.Replace(*old, [](DuckConnection& connection) { return connection.Execute("no statement"); }));
  EXPECT_TRUE(*files_.RemoveRetired());
  EXPECT_EQ(NumberIn(*old), 1);
}

TEST_F(ServerSearchDuckDbFiles, WhatAKillLeftBehindIsSweptAndForeignFilesStay) {
  {
    ASSERT_TRUE(files_.Create("a", TableWith(1)));
  }
  const std::vector<std::string> foreign = {"a.0.duckdb", "a.x.duckdb", "notes.txt", "A.duckdb",
                                            "b.duckdb.newer"};
  for (const std::string& name : foreign) {
    ASSERT_TRUE(os::WriteFileDurably(folder_.Path("files/" + name), base::AsBytes("foreign")));
  }
  // A kill after the rename and before the unlink, and one within the making.
  for (const std::string name : {"a.7.duckdb", "a.7.duckdb.wal", "a.9.duckdb", "a.10.duckdb.new",
                                 "c.duckdb.new", "c.duckdb.new.wal"}) {
    ASSERT_TRUE(os::WriteFileDurably(folder_.Path("files/" + name), base::AsBytes("half")));
  }
  EXPECT_THAT(*files_.Open(), ElementsAre("a"));
  std::vector<std::string> left = foreign;
  left.push_back("a.9.duckdb");
  EXPECT_THAT(*os::ListDirectory(folder_.Path("files")), ::testing::UnorderedElementsAreArray(left));
}

}  // namespace
}  // namespace cairn::search
