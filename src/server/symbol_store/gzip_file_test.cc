#include "server/symbol_store/gzip_file.h"

#include <gtest/gtest.h>

#include "server/store/temporary_folder_for_test.h"

namespace cairn::symbol_store {
namespace {

std::string Packed(std::string_view text) {
  std::string packed;
  EXPECT_TRUE(Compress(base::AsBytes(text), [&packed](base::Bytes bytes) {
    packed += base::AsText(bytes);
    return base::Status();
  }));
  return packed;
}

base::Result<std::string> Unpacked(std::string_view gzip, std::uint64_t max_bytes = 100 << 20) {
  std::string text;
  const base::Status status = Inflate(base::AsBytes(gzip), max_bytes, [&text](base::Bytes bytes) {
    text += base::AsText(bytes);
    return base::Status();
  });
  if (!status) return status.error();
  return text;
}

TEST(GzipFileTest, WhatIsPackedComesOutAgain) {
  std::string large;
  for (int i = 0; i < 300'000; ++i)
    large += std::to_string(i * 7919 % 1'000'003) + "\n";  // Of several pieces.
  for (const std::string& text : {std::string(), std::string("MODULE"), large}) {
    const std::string packed = Packed(text);
    EXPECT_TRUE(IsGzip(base::AsBytes(packed)));
    const auto unpacked = Unpacked(packed);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(*unpacked, text);
  }
  EXPECT_EQ(Packed(large), Packed(large));
}

TEST(GzipFileTest, DamageBombsAndMoreThanIsAllowedAreToldApart) {
  const std::string packed = Packed(std::string(1000, 'a') + "b");
  EXPECT_EQ(Unpacked(packed.substr(0, packed.size() - 5)).error().code, base::Code::kTruncated);
  std::string damaged = packed;
  damaged[damaged.size() - 6] ^= 1;
  EXPECT_EQ(Unpacked(damaged).error().code, base::Code::kBadValue);
  EXPECT_EQ(Unpacked(packed, 1000).error().code, base::Code::kLimitExceeded);
  EXPECT_EQ(Unpacked(Packed(std::string(90 << 20, 'a'))).error().code, base::Code::kLimitExceeded);
}

TEST(GzipFileTest, AFileIsKnownByItsFirstBytes) {
  const store::TemporaryFolder folder;
  const os::FileDescriptor file = *os::CreateNameless(folder.Path(""));
  EXPECT_FALSE(*IsGzipFile(file.get()));
  ASSERT_TRUE(os::WriteAll(file.get(), base::AsBytes(Packed("text"))));
  EXPECT_TRUE(*IsGzipFile(file.get()));
  const auto text = InflateFile(file.get(), folder.Path(""));
  ASSERT_TRUE(text);
  EXPECT_EQ(*os::ReadAll(text->get(), 100), "text");
}

}  // namespace
}  // namespace cairn::symbol_store
