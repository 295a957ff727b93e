#include "server/store/file_blob_store.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "os/file.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

class ServerStoreFileBlobStore : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

unsigned ModeOf(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777U;
}

TEST_F(ServerStoreFileBlobStore, FilesAndFoldersArePrivate) {
  auto store = FileBlobStore::Open(folder_.Path("blobs"));
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->Put("v1/dump/a", base::AsBytes("bytes")));
  EXPECT_EQ(ModeOf(folder_.Path("blobs/v1/dump/a")), 0600U);
  EXPECT_EQ(ModeOf(folder_.Path("blobs/v1/dump")), 0700U);
}

TEST_F(ServerStoreFileBlobStore, ObjectsSurviveReopeningAndUnfinishedFilesDoNot) {
  {
    auto store = FileBlobStore::Open(folder_.Path("blobs"));
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->Put("v1/dump/a", base::AsBytes("bytes")));
  }
  // What a killed process leaves of an object.
  ASSERT_TRUE(os::WriteFileDurably(folder_.Path("blobs/.incoming/1-2"), base::AsBytes("half")));
  auto store = FileBlobStore::Open(folder_.Path("blobs"));
  ASSERT_TRUE(store);
  EXPECT_EQ(*store->Get("v1/dump/a", 100), "bytes");
  EXPECT_TRUE(os::ListDirectory(folder_.Path("blobs/.incoming"))->empty());
  EXPECT_EQ(store->List("", "", 10)->size(), 1U);
}

TEST_F(ServerStoreFileBlobStore, AFileWhereTheFolderShouldBeIsAnError) {
  ASSERT_TRUE(os::WriteFileDurably(folder_.Path("blobs"), base::AsBytes("")));
  const auto store = FileBlobStore::Open(folder_.Path("blobs"));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, base::Code::kIo);
}

TEST_F(ServerStoreFileBlobStore, NoKeyReachesOutsideOfTheFolder) {
  auto store = FileBlobStore::Open(folder_.Path("blobs"));
  ASSERT_TRUE(store);
  ASSERT_TRUE(os::WriteFileDurably(folder_.Path("secret"), base::AsBytes("secret")));
  for (const std::string key :
       {"../secret", "v1/../../secret", "/etc/passwd", "./../secret", ".incoming/x"}) {
    EXPECT_EQ(store->Get(key, 100).error().code, base::Code::kBadValue) << key;
    EXPECT_EQ(store->Put(key, base::AsBytes("x")).error().code, base::Code::kBadValue) << key;
    EXPECT_EQ(store->Remove(key).error().code, base::Code::kBadValue) << key;
  }
  EXPECT_FALSE(store->List("../", "", 10));
  EXPECT_EQ(*os::ReadFile(folder_.Path("secret"), 100), "secret");
}

TEST_F(ServerStoreFileBlobStore, AFolderGoesWithItsLastObjectAndComesBackUnderWriters) {
  FileBlobStore store = *FileBlobStore::Open(folder_.Path("blobs"));
  for (const char* const key : {"v1/name/a", "v1/name/b", "v1/other/a"})
    ASSERT_TRUE(store.Put(key, base::AsBytes("bytes")));
  ASSERT_TRUE(store.Remove("v1/name/a"));
  EXPECT_TRUE(os::Inspect(folder_.Path("blobs/v1/name")));
  ASSERT_TRUE(store.Remove("v1/name/b"));
  EXPECT_FALSE(os::Inspect(folder_.Path("blobs/v1/name")));
  EXPECT_TRUE(os::Inspect(folder_.Path("blobs/v1/other")));
  // Whoever was killed between the two leaves an empty folder.
  ASSERT_TRUE(os::RemoveFile(folder_.Path("blobs/v1/other/a")));
  ASSERT_TRUE(store.Remove("v1/other/a"));
  EXPECT_FALSE(os::Inspect(folder_.Path("blobs/v1/other")));
  // While others remove the last object again and again, no writer fails.
  std::atomic<bool> done = false;
  std::thread remover([&] {
    while (!done) {
      if (*store.Exists("v1/name/c")) {
        EXPECT_TRUE(store.Remove("v1/name/c"));
      }
    }
  });
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(store.Put("v1/name/c", base::AsBytes("bytes")));
    EXPECT_TRUE(store.PutAll(std::vector<BlobStore::Object>{{"v1/name/c", base::AsBytes("bytes")}}));
  }
  done = true;
  remover.join();
}

}  // namespace
}  // namespace cairn::store
