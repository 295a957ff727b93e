#include "server/store/soci_directory.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "os/file.h"
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

TEST(ServerStoreSociDirectory, AFileOfAnotherKindIsRefused) {
  const TemporaryFolder folder;
  ASSERT_TRUE(os::WriteFileDurably(folder.Path("directory"), base::AsBytes(std::string(4096, 'x'))));
  EXPECT_FALSE(SociDirectory::OpenSqlite(folder.Path("directory")));
}

}  // namespace
}  // namespace cairn::store
