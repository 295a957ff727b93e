#include "handler/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace cairn::handler {
namespace {

std::string Inflate(const std::vector<std::byte>& compressed, std::size_t size) {
  std::string text(size, '\0');
  std::vector<Bytef> input(compressed.size());
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = std::to_integer<Bytef>(compressed[i]);
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = input.data();
  stream.avail_in = static_cast<uInt>(input.size());
  std::vector<Bytef> output(size + 1);
  stream.next_out = output.data();
  stream.avail_out = static_cast<uInt>(output.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.assign(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(stream.total_out));
  inflateEnd(&stream);
  return text;
}

TEST(GzipTest, TextComesBack) {
  const std::string text(100'000, 'a');
  const std::vector<std::byte> compressed = Gzip(base::AsBytes(text));
  EXPECT_LT(compressed.size(), 1000U);
  EXPECT_EQ(Inflate(compressed, text.size()), text);
}

TEST(GzipTest, NothingIsAFileToo) { EXPECT_EQ(Inflate(Gzip({}), 0), ""); }

}  // namespace
}  // namespace cairn::handler
