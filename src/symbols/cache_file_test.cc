#include "symbols/cache_file.h"

#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "os/temporary_file.h"

namespace cairn::symbols {
namespace {

class CacheFileTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kSize = 100 * CacheFile::kPageBytes + 100;

  void SetUp() override {
    auto file = os::TemporaryFile::Create("/tmp", "cache-file");
    ASSERT_TRUE(file.has_value());
    file_.emplace(*std::move(file));
    for (std::size_t i = 0; i < kSize; ++i) text_ += static_cast<char>(i * 7 + i / 4096);
    std::ofstream(file_->path(), std::ios::binary) << text_;
    auto cache = CacheFile::Open(file_->path());
    ASSERT_TRUE(cache.has_value());
    cache_ = *std::move(cache);
  }

  // "(none)" if it can not be read.
  std::string Read(std::uint64_t offset, std::size_t size) {
    std::vector<std::byte> bytes(size);
    return cache_->Read(offset, bytes) ? std::string(base::AsText(bytes)) : "(none)";
  }

  std::optional<os::TemporaryFile> file_;
  std::string text_;
  std::unique_ptr<const CacheFile> cache_;
};

TEST_F(CacheFileTest, ReadsAnyPlace) {
  EXPECT_EQ(cache_->size(), kSize);
  EXPECT_EQ(cache_->mapped().size(), kSize);
  EXPECT_EQ(Read(0, 10), text_.substr(0, 10));
  EXPECT_EQ(Read(4090, 12), text_.substr(4090, 12)) << "in two pages";
  EXPECT_EQ(Read(5000, 16'000), text_.substr(5000, 16'000)) << "in five pages";
  EXPECT_EQ(Read(5000, 100'000), text_.substr(5000, 100'000)) << "past the pages that are kept";
  EXPECT_EQ(Read(kSize - 10, 10), text_.substr(kSize - 10));
  EXPECT_EQ(Read(kSize, 0), "");
}

TEST_F(CacheFileTest, NothingIsBehindTheEnd) {
  EXPECT_EQ(Read(kSize - 10, 11), "(none)");
  EXPECT_EQ(Read(kSize, 1), "(none)");
  EXPECT_EQ(Read(~std::uint64_t{0}, 2), "(none)");
}

TEST_F(CacheFileTest, PagesAreKeptUntilTheirPlaceIsTaken) {
  Read(0, 10);
  Read(100, 10);
  EXPECT_EQ(cache_->counts().misses, 1u);
  EXPECT_EQ(cache_->counts().hits, 1u);
  const std::uint64_t same_place = CacheFile::kPages * CacheFile::kPageBytes;
  EXPECT_EQ(Read(same_place, 10), text_.substr(same_place, 10));
  EXPECT_EQ(Read(0, 10), text_.substr(0, 10));
  EXPECT_EQ(cache_->counts().misses, 3u);
}

TEST_F(CacheFileTest, AFileThatWasCutShortCanNotBeRead) {
  ASSERT_EQ(truncate(file_->path().c_str(), 5000), 0);
  EXPECT_EQ(Read(4096 * 3, 10), "(none)");
  EXPECT_EQ(Read(4096, 10), "(none)") << "its page is no longer whole";
  EXPECT_EQ(Read(0, 10), text_.substr(0, 10));
}

TEST_F(CacheFileTest, OnlyFilesAreOpened) {
  EXPECT_EQ(CacheFile::Open("/tmp").error().code, base::Code::kUnsupported);
  EXPECT_EQ(CacheFile::Open("/tmp/is-not-there").error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace cairn::symbols
