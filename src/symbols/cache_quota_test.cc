#include "symbols/cache_quota.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace cairn::symbols {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

class CacheQuotaTest : public testing::Test {
 protected:
  CacheQuotaTest() : folder_(fs::temp_directory_path() / ("cairn_cache_quota_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~CacheQuotaTest() override { fs::remove_all(folder_); }

  void Write(const std::string& path, std::size_t bytes, hours age) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << std::string(bytes, 'x');
    fs::last_write_time(folder_ / path, fs::file_time_type::clock::now() - age);
  }
  bool Has(const std::string& path) const { return fs::exists(folder_ / path); }

  fs::path folder_;
};

TEST_F(CacheQuotaTest, WhatNobodyAskedForLongestGoesFirstAndWhole) {
  Write("old.pdb/1A/old.sym", 50'000, hours(90));
  Write("old.pdb/1A/old.sym.v8-x.symcache", 10'000, hours(80));
  Write("old.pdb/1A/old.sym.lock", 0, hours(90));
  Write("used.pdb/2B/used.sym", 50'000, hours(100));
  Write("used.pdb/2B/used.sym.v8-x.symcache", 10'000, hours(50));
  Write("debuginfod/buildid/3c/debuginfo", 50'000, hours(60));
  CacheQuota quota(folder_, 150'000);
  quota.NoteUse(folder_ / "used.pdb/2B/used.sym.v8-x.symcache");
  const auto kept = quota.Enforce();
  ASSERT_TRUE(kept);
  EXPECT_FALSE(Has("old.pdb")) << "with its folders";
  EXPECT_TRUE(Has("used.pdb/2B/used.sym"));
  EXPECT_TRUE(Has("debuginfod/buildid/3c/debuginfo"));
  EXPECT_EQ(kept->removed_bytes, 50'000 + 10'000 + CacheQuota::kLeastFileBytes);
  EXPECT_EQ(kept->bytes, 110'000u);
}

TEST_F(CacheQuotaTest, NothingGoesWhereThereIsRoom) {
  Write("a/1/a.sym", 1000, hours(1));
  CacheQuota quota(folder_, 1 << 20);
  EXPECT_EQ(quota.Enforce()->removed_bytes, 0u);
  EXPECT_TRUE(Has("a/1/a.sym"));
  fs::remove_all(folder_);
  EXPECT_EQ(quota.Enforce()->bytes, 0u);
}

TEST_F(CacheQuotaTest, SmallFilesTakeABlockEach) {
  for (int i = 0; i < 100; ++i) Write("m" + std::to_string(i) + "/1/x.absent", 20, hours(i));
  Write("download.part-1", 1, hours(500));
  CacheQuota quota(folder_, 50 * CacheQuota::kLeastFileBytes);
  ASSERT_TRUE(quota.Enforce());
  EXPECT_TRUE(Has("m0/1/x.absent"));
  EXPECT_FALSE(Has("m99/1/x.absent"));
  EXPECT_TRUE(Has("download.part-1")) << "a download that is under way";
}

TEST_F(CacheQuotaTest, WhatOnlySaysThatSomethingIsNotThereGoesWithItsNames) {
  Write("secret.so/1A/secret.so.sym.absent", 20, hours(1));
  Write("secret.so/1A/secret.so.sym.lock", 0, hours(1));
  Write("secret.so/2B/secret.so.sym.lock", 0, hours(1));
  Write("debuginfod/buildid/3c/debuginfo.absent", 20, hours(1));
  Write("known.so/4D/known.so.sym", 100, hours(1));
  Write("known.so/4D/known.so.sym.absent", 20, hours(1));
  Write("download.part-1", 1, hours(500));
  ASSERT_TRUE(CacheQuota(folder_, 0).RemoveAbsences());
  EXPECT_FALSE(Has("secret.so"));
  EXPECT_FALSE(Has("debuginfod"));
  EXPECT_TRUE(Has("known.so/4D/known.so.sym.absent"));
  EXPECT_TRUE(Has("download.part-1"));
  fs::remove_all(folder_);
  EXPECT_TRUE(CacheQuota(folder_, 0).RemoveAbsences()) << "there are no other servers";
}

}  // namespace
}  // namespace cairn::symbols
