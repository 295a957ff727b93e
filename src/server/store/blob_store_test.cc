// The contract of BlobStore. Every implementation is a line in the table at the end.
#include "server/store/blob_store.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServerStoreKey, OnlyPlainPathsAreKeys) {
  EXPECT_TRUE(IsValidKey("v1/dump/0d4f8a3c-0000-4000-8000-000000261122"));
  EXPECT_TRUE(IsValidKey("v1/symbols/libstdc++.so.6/ABC0/libstdc++.so.6.sym"));
  EXPECT_TRUE(IsValidKey("a"));
  for (const std::string key : {"", "/a", "a/", "a//b", "..", "a/../b", "a/./b", ".hidden", "a/.hidden",
                                "a b", "a\\b", "a%2fb", "a\nb", "\xc3\xa9"}) {
    EXPECT_FALSE(IsValidKey(key)) << key;
  }
  EXPECT_FALSE(IsValidKey(std::string_view("a\0b", 3)));
  EXPECT_TRUE(IsValidKey(std::string(kMaxSegmentLength, 'a')));
  EXPECT_FALSE(IsValidKey(std::string(kMaxSegmentLength + 1, 'a')));
  EXPECT_TRUE(IsValidKey("1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g"));
  EXPECT_FALSE(IsValidKey("1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h"));
}

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<BlobStore>(const TemporaryFolder&)> open;
};

class ServerStoreBlobStore : public ::testing::TestWithParam<Implementation> {
 protected:
  ServerStoreBlobStore() : store_(GetParam().open(folder_)) {}

  TemporaryFolder folder_;
  std::unique_ptr<BlobStore> store_;
};

TEST_P(ServerStoreBlobStore, GivesBackWhatWasPut) {
  const std::string text("any\0bytes\xff", 10);
  ASSERT_TRUE(store_->Put("v1/dump/a", base::AsBytes(text)));
  EXPECT_EQ(*store_->Get("v1/dump/a", 100), text);
  EXPECT_TRUE(*store_->Exists("v1/dump/a"));
  ASSERT_TRUE(store_->Put("v1/dump/empty", {}));
  EXPECT_EQ(*store_->Get("v1/dump/empty", 0), "");
}

TEST_P(ServerStoreBlobStore, WhatIsStagedIsSeenOncePublished) {
  const auto stage = [this](std::string_view first, std::string_view second) {
    std::unique_ptr<StagedBlob> blob = *store_->Stage();
    EXPECT_TRUE(blob->Append(base::AsBytes(first)));
    EXPECT_TRUE(blob->Append(base::AsBytes(second)));
    return blob;
  };
  std::vector<NewObject> objects;
  objects.push_back({"v1/dump/a", stage("one", "two")});
  objects.push_back({"v1/raw_crash/20261122/a", stage("", "")});
  EXPECT_FALSE(*store_->Exists("v1/dump/a"));
  ASSERT_TRUE(store_->Publish(std::move(objects)));
  EXPECT_EQ(*store_->Get("v1/dump/a", 100), "onetwo");
  EXPECT_EQ(*store_->Get("v1/raw_crash/20261122/a", 100), "");
  objects.clear();
  objects.push_back({"../a", stage("x", "")});
  EXPECT_FALSE(store_->Publish(std::move(objects)));
  (void)stage("left", "alone");
  EXPECT_THAT(*store_->List("v1/", "", 10), ElementsAre("v1/dump/a", "v1/raw_crash/20261122/a"));
}

TEST_P(ServerStoreBlobStore, ManyPublishAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] {
      for (int k = 0; k < 5; ++k) {
        std::vector<NewObject> objects;
        const std::string name = std::to_string(i) + "-" + std::to_string(k);
        objects.push_back({"v1/many/" + name, *store_->Stage()});
        EXPECT_TRUE(objects[0].blob->Append(base::AsBytes(name)));
        EXPECT_TRUE(store_->Publish(std::move(objects)));
        EXPECT_EQ(*store_->Get("v1/many/" + name, 100), name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_->List("v1/many/", "", 100)->size(), 40u);
}

TEST_P(ServerStoreBlobStore, APutReplacesTheWholeObject) {
  ASSERT_TRUE(store_->Put("a", base::AsBytes("a longer text")));
  ASSERT_TRUE(store_->Put("a", base::AsBytes("short")));
  EXPECT_EQ(*store_->Get("a", 100), "short");
}

TEST_P(ServerStoreBlobStore, ManyArePutAtOnce) {
  std::vector<BlobStore::Object> objects;
  for (int i = 0; i < 50; ++i)
    objects.push_back({"v1/x/" + std::to_string(i % 3) + "/" + std::to_string(i), base::AsBytes("b")});
  ASSERT_TRUE(store_->PutAll(objects));
  ASSERT_TRUE(store_->PutAll(objects));
  EXPECT_EQ(*store_->Get("v1/x/1/49", 10), "b");
  EXPECT_EQ(store_->List("v1/x/", "", 100)->size(), 50u);
  EXPECT_TRUE(store_->PutAll({}));
  const std::vector<BlobStore::Object> bad = {{"../x", base::AsBytes("b")}};
  EXPECT_FALSE(store_->PutAll(bad));
}

TEST_P(ServerStoreBlobStore, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(store_->Get("v1/dump/a", 100).error().code, base::Code::kNotFound);
  EXPECT_EQ(store_->Open("v1/dump/a").error().code, base::Code::kNotFound);
  EXPECT_FALSE(*store_->Exists("v1/dump/a"));
  EXPECT_TRUE(store_->Remove("v1/dump/a"));
  ASSERT_TRUE(store_->Put("v1/dump/a", base::AsBytes("x")));
  EXPECT_FALSE(*store_->Exists("v1/dump")) << "the start of a key is no object";
  EXPECT_EQ(store_->Get("v1/dump", 100).error().code, base::Code::kNotFound);
}

TEST_P(ServerStoreBlobStore, RemovedObjectsAreGone) {
  ASSERT_TRUE(store_->Put("a/b", base::AsBytes("x")));
  ASSERT_TRUE(store_->Remove("a/b"));
  EXPECT_FALSE(*store_->Exists("a/b"));
  EXPECT_THAT(*store_->List("", "", 10), IsEmpty());
}

TEST_P(ServerStoreBlobStore, ALimitIsNotPassed) {
  ASSERT_TRUE(store_->Put("a", base::AsBytes("12345")));
  EXPECT_TRUE(store_->Get("a", 5));
  EXPECT_EQ(store_->Get("a", 4).error().code, base::Code::kLimitExceeded);
}

TEST_P(ServerStoreBlobStore, ADescriptorReadsTheObjectThatItWasOpenedOn) {
  ASSERT_TRUE(store_->Put("a", base::AsBytes("first")));
  const auto file = store_->Open("a");
  ASSERT_TRUE(file);
  ASSERT_TRUE(store_->Put("a", base::AsBytes("second")));
  EXPECT_EQ(*os::ReadAll(file->get(), 100), "first");
}

TEST_P(ServerStoreBlobStore, BadKeysAreRefusedEverywhere) {
  EXPECT_EQ(store_->Put("../a", base::AsBytes("x")).error().code, base::Code::kBadValue);
  EXPECT_EQ(store_->Get("a//b", 1).error().code, base::Code::kBadValue);
  EXPECT_EQ(store_->Open("").error().code, base::Code::kBadValue);
  EXPECT_EQ(store_->Exists("/a").error().code, base::Code::kBadValue);
  EXPECT_EQ(store_->Remove(".a").error().code, base::Code::kBadValue);
}

TEST_P(ServerStoreBlobStore, KeysAreListedInByteOrderByPages) {
  // "a-1" sorts before "a/1" because '-' is before '/': folders must not change the order.
  for (const std::string key : {"a/1", "a-1", "a/2/x", "b", "a.b", "a/10"}) {
    ASSERT_TRUE(store_->Put(key, base::AsBytes("x"))) << key;
  }
  EXPECT_THAT(*store_->List("", "", 100), ElementsAre("a-1", "a.b", "a/1", "a/10", "a/2/x", "b"));
  EXPECT_THAT(*store_->List("a/", "", 100), ElementsAre("a/1", "a/10", "a/2/x"));
  EXPECT_THAT(*store_->List("a/1", "", 100), ElementsAre("a/1", "a/10"));
  EXPECT_THAT(*store_->List("a", "a.b", 2), ElementsAre("a/1", "a/10"));
  EXPECT_THAT(*store_->List("a", "a/2", 2), ElementsAre("a/2/x"));
  EXPECT_THAT(*store_->List("c", "", 100), IsEmpty());
  EXPECT_THAT(*store_->List("nowhere/", "", 100), IsEmpty());
  std::vector<std::string> paged;
  std::string after;
  while (true) {
    const auto page = store_->List("", after, 2);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    paged.insert(paged.end(), page->begin(), page->end());
    after = page->back();
  }
  EXPECT_EQ(paged, *store_->List("", "", 100));
}

TEST_P(ServerStoreBlobStore, ManyThreadsPutAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kObjects = 20;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kObjects; ++i) {
        const std::string text = std::to_string(thread) + "-" + std::to_string(i);
        EXPECT_TRUE(store_->Put("own/" + text, base::AsBytes(text)));
        EXPECT_TRUE(store_->Put("shared/" + std::to_string(i), base::AsBytes("text of " + text)));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(store_->List("own/", "", 1000)->size(), static_cast<std::size_t>(kThreads * kObjects));
  EXPECT_TRUE(store_->Get("shared/3", 100)->starts_with("text of "));
}

INSTANTIATE_TEST_SUITE_P(All, ServerStoreBlobStore,
                         ::testing::Values(Implementation{
                             "Files",
                             [](const TemporaryFolder& folder) -> std::unique_ptr<BlobStore> {
                               auto store = FileBlobStore::Open(folder.Path("blobs"));
                               EXPECT_TRUE(store);
                               return std::make_unique<FileBlobStore>(*std::move(store));
                             }}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::store
