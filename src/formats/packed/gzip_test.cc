#include "formats/packed/gzip.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "testing/packed_files.h"

namespace cairn::packed {
namespace {

std::string Deflated(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string input(text);
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(packed.data()));
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string Unpacked(std::string_view file) {
  const auto unpacked = UnpackGzip(base::AsBytes(file));
  EXPECT_TRUE(unpacked.has_value()) << base::Describe(unpacked.error());
  return unpacked ? std::string(base::AsText(*unpacked)) : "";
}

base::Code CodeOf(std::string_view file, const UnpackLimits& limits = {}) {
  const auto unpacked = UnpackGzip(base::AsBytes(file), limits);
  EXPECT_FALSE(unpacked.has_value());
  return unpacked.error().code;
}

TEST(Gzip, UnpacksMembers) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += std::to_string(i * 7919);
  EXPECT_EQ(Unpacked(Deflated(text)), text);
  EXPECT_EQ(Unpacked(testing::GzipOf(text)), text);
  EXPECT_EQ(Unpacked(Deflated(text) + Deflated("more")), text + "more");
  EXPECT_EQ(Unpacked(Deflated("")), "");
  EXPECT_EQ(Unpacked(Deflated("text") + "padding"), "text");
}

TEST(Gzip, EveryTruncationIsAnError) {
  const std::string file = Deflated("a symbol file, a symbol file");
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_EQ(CodeOf(file.substr(0, size)), base::Code::kTruncated) << size;
  }
}

TEST(Gzip, DamageIsAnError) {
  std::string file = Deflated("a symbol file, a symbol file");
  file[file.size() - 6] ^= 1;  // In the checksum.
  EXPECT_EQ(CodeOf(file), base::Code::kBadValue);
}

TEST(Gzip, BombsStop) {
  const std::string file = Deflated(std::string(8 << 20, 'a'));
  EXPECT_EQ(CodeOf(file), base::Code::kLimitExceeded);
  EXPECT_EQ(CodeOf(testing::GzipOf("four"), {.max_bytes = 3}), base::Code::kLimitExceeded);
  EXPECT_EQ(UnpackGzip(base::AsBytes(file), {.max_ratio = 2000})->size(), std::size_t{8} << 20);
}

TEST(Gzip, IsKnownByItsFirstBytes) {
  EXPECT_TRUE(IsGzip(base::AsBytes(testing::GzipOf(""))));
  EXPECT_FALSE(IsGzip(base::AsBytes("MODULE")));
  EXPECT_FALSE(IsGzip({}));
}

}  // namespace
}  // namespace cairn::packed
