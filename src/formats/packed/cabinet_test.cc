#include "formats/packed/cabinet.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "testing/packed_files.h"

namespace cairn::packed {
namespace {

using testing::CabinetOf;

base::Code CodeOf(std::string_view file, const UnpackLimits& limits = {}) {
  const auto unpacked = UnpackCabinet(base::AsBytes(file), limits);
  EXPECT_FALSE(unpacked.has_value());
  return unpacked.error().code;
}

std::string SomeText(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i);
  return text.substr(0, size);
}

// A CFDATA block of the method MSZIP: "CK" and a raw deflate stream.
std::string MszipBlock(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = static_cast<Bytef*>(static_cast<void*>(packed.data()));
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return testing::CabinetBlock("CK" + packed, text.size());
}

TEST(Cabinet, UnpacksStoredBlocks) {
  const std::string text = SomeText(100000);
  const auto unpacked = UnpackCabinet(base::AsBytes(CabinetOf(text)));
  ASSERT_TRUE(unpacked.has_value()) << base::Describe(unpacked.error());
  EXPECT_EQ(base::AsText(*unpacked), text);
}

TEST(Cabinet, UnpacksMszip) {
  const std::string text = SomeText(30000);
  const std::string file = testing::CabinetWith(MszipBlock(text), 1, 1, text.size());
  EXPECT_LT(file.size(), text.size());
  const auto unpacked = UnpackCabinet(base::AsBytes(file));
  ASSERT_TRUE(unpacked.has_value()) << base::Describe(unpacked.error());
  EXPECT_EQ(base::AsText(*unpacked), text);
}

TEST(Cabinet, EmptyFileIsOne) {
  const auto unpacked = UnpackCabinet(base::AsBytes(CabinetOf("")));
  ASSERT_TRUE(unpacked.has_value()) << base::Describe(unpacked.error());
  EXPECT_TRUE(unpacked->empty());
}

TEST(Cabinet, EveryTruncationIsAnError) {
  const std::string file = CabinetOf("a symbol file");
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(UnpackCabinet(base::AsBytes(file.substr(0, size))).has_value()) << size;
  }
}

TEST(Cabinet, HoldsOneFile) { EXPECT_EQ(CodeOf(CabinetOf("a symbol file", 2)), base::Code::kUnsupported); }

TEST(Cabinet, BombsStop) {
  EXPECT_EQ(CodeOf(CabinetOf("four"), {.max_bytes = 3}), base::Code::kLimitExceeded);
  EXPECT_EQ(CodeOf(testing::CabinetWith("", 0, 0, 0x7fffffff)), base::Code::kLimitExceeded);
}

TEST(Cabinet, IsKnownByItsFirstBytes) {
  EXPECT_TRUE(IsCabinet(base::AsBytes(CabinetOf(""))));
  EXPECT_FALSE(IsCabinet(base::AsBytes("MODULE")));
  EXPECT_EQ(CodeOf("MODULE"), base::Code::kTruncated);
  EXPECT_EQ(CodeOf(std::string(100, 'x')), base::Code::kBadMagic);
}

}  // namespace
}  // namespace cairn::packed
