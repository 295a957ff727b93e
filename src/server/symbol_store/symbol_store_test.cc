#include "server/symbol_store/symbol_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "formats/symfile/symbol_cache.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::symbol_store {
namespace {

constexpr std::string_view kId = "0123456789ABCDEF0123456789ABCDEF0";

std::string Symbols(const std::string& function) {
  return "MODULE Linux x86_64 " + std::string(kId) + " crashy\nFUNC 10 10 0 " + function + "\n";
}

class SymbolStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers fight the worker's limits";
#endif
    if (access(program_.c_str(), X_OK) != 0) GTEST_SKIP() << "cairn-worker is not built";
  }

  base::Result<Added> Add(const std::string& text, std::string* why = nullptr) {
    const os::FileDescriptor file = *os::CreateNameless(folder_.Path(""));
    EXPECT_TRUE(os::WriteAll(file.get(), base::AsBytes(text)));
    std::string reason;
    return store_.Add(*name_, file.get(), why == nullptr ? reason : *why);
  }
  std::string Stored() {
    const auto file = store_.OpenSymbolFile(*name_);
    const auto text = file ? os::ReadAll(file->get(), 1 << 20) : base::Result<std::string>(file.error());
    return text ? *text : "";
  }

  std::string program_ = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-worker";
  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  SymbolStore store_{blobs_, {.program = program_, .spool_folder = folder_.Path("")}};
  std::optional<SymbolName> name_ = MakeSymbolName("crashy", kId, "crashy.sym");
};

TEST_F(SymbolStoreTest, TheSameFileTwiceIsStoredOnce) {
  EXPECT_EQ(*Add(Symbols("A()")), Added::kNew);
  EXPECT_EQ(*Add(Symbols("A()")), Added::kSame);
  EXPECT_EQ(*Add(Symbols("B()")), Added::kNew);
  EXPECT_EQ(Stored(), Symbols("B()"));
}

TEST_F(SymbolStoreTest, WhatIsNoSymbolFileOrAnothersIsRefusedAndLeavesNothing) {
  std::string why;
  EXPECT_EQ(Add("not symbols", &why).error().code, base::Code::kBadValue);
  EXPECT_NE(why.find("crashy.sym"), std::string::npos) << why;
  EXPECT_EQ(Add("MODULE Linux x86_64 " + std::string(kId) + " other\n", &why).error().code,
            base::Code::kBadValue);
  EXPECT_NE(why.find("MODULE line"), std::string::npos) << why;
  EXPECT_TRUE(blobs_.List("v1/", "", 10)->empty());
}

TEST_F(SymbolStoreTest, TheCacheIsFoundByWhatADumpSays) {
  ASSERT_TRUE(Add(Symbols("A()")));
  EXPECT_TRUE(store_.FindCache("crashy", std::string(kId)));
  EXPECT_TRUE(store_.FindCache("/usr/bin/crashy", std::string(kId)));
  EXPECT_FALSE(store_.FindCache("crashy", "00"));
  EXPECT_FALSE(store_.FindCache("../../etc/passwd", "AB"));
  ASSERT_TRUE(blobs_.Remove(CacheKey(*name_)));  // As after an update that reads caches of another form.
  EXPECT_TRUE(store_.FindCache("crashy", std::string(kId)));
  EXPECT_TRUE(*blobs_.Exists(CacheKey(*name_)));
  EXPECT_EQ(store_.metrics().found.value(), 2U);
  EXPECT_EQ(store_.metrics().compiled.value(), 1U);
  EXPECT_EQ(store_.metrics().missing.value(), 2U);
}

TEST_F(SymbolStoreTest, UploadsAtOnceLeaveAFileWithItsOwnCache) {
  std::vector<std::thread> threads;
  for (const char* const function : {"A()", "B()", "C()", "D()"}) {
    threads.emplace_back([this, function] { EXPECT_TRUE(Add(Symbols(function))); });
  }
  for (std::thread& thread : threads) thread.join();
  const auto cache_file = os::MappedFile::FromDescriptor(store_.FindCache("crashy", std::string(kId))->get());
  ASSERT_TRUE(cache_file);
  const auto cache_text = base::AsText(cache_file->bytes());
  for (const char* const function : {"A()", "B()", "C()", "D()"}) {
    const bool in_file = Stored().find(function) != std::string::npos;
    EXPECT_EQ(cache_text.find(function) != std::string::npos, in_file) << function;
  }
}

}  // namespace
}  // namespace cairn::symbol_store
