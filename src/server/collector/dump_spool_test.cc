#include "server/collector/dump_spool.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::collector {
namespace {

class DumpSpoolTest : public ::testing::Test {
 protected:
  StageBlob Stage() {
    return [this] {
      ++staged_;
      return blobs_.Stage();
    };
  }
  std::string Stored(DumpSpool& spool) {
    std::vector<store::NewObject> objects;
    objects.push_back({"v1/dump/x", *spool.TakeBlob()});
    EXPECT_TRUE(blobs_.Publish(std::move(objects)));
    return *blobs_.Get("v1/dump/x", 10 << 20);
  }
  static std::string HashOf(const std::string& text) {
    return base::BytesToHex(intake::Sha256().Add(text).Finish());
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  int staged_ = 0;
};

TEST_F(DumpSpoolTest, SmallAndLargeAreStoredAndHashedAlike) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, kMaxDumpMemoryBytes,
                                 kMaxDumpMemoryBytes + 1, 3 * kMaxDumpMemoryBytes}) {
    for (const bool hash_first : {false, true}) {
      std::string text(size, 'x');
      if (size > 5) text[5] = 'y';
      DumpSpool spool(Stage());
      for (std::size_t i = 0; i < size; i += 50'000) {
        ASSERT_TRUE(spool.Append(std::string_view(text).substr(i, 50'000)));
      }
      EXPECT_EQ(spool.size(), size);
      if (hash_first) {
        EXPECT_EQ(spool.Sha256Text(), HashOf(text)) << size;
      }
      EXPECT_EQ(Stored(spool), text);
      EXPECT_EQ(spool.Sha256Text(), HashOf(text)) << size;
    }
  }
}

TEST_F(DumpSpoolTest, OnlyLargeDumpsTouchTheDiskBeforeTheyAreKept) {
  DumpSpool spool(Stage());
  ASSERT_TRUE(spool.Append(std::string(kMaxDumpMemoryBytes, 'x')));
  EXPECT_EQ(staged_, 0);
  ASSERT_TRUE(spool.Append("x"));
  EXPECT_EQ(staged_, 1);
  EXPECT_LT(spool.memory_bytes(), 100u);
}

}  // namespace
}  // namespace cairn::collector
