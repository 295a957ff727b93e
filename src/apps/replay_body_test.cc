#include "apps/replay_body.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <string>

namespace cairn::apps {
namespace {

std::string Assemble(const ReplayBody& body, std::string_view beginning) {
  std::string text;
  ReplayBody::AppendBeginning(beginning, text);
  text += body.rest();
  body.AppendTrailer(beginning, text);
  return text;
}

// zlib checks length and checksum. Empty if it is no gzip file.
std::string Inflate(std::string packed) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  EXPECT_EQ(inflateInit2(&stream, kGzip), Z_OK);
  std::string text(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&stream, Z_FINISH);
  const bool is_whole = result == Z_STREAM_END && stream.avail_in == 0;
  text.resize(is_whole ? stream.total_out : 0);
  inflateEnd(&stream);
  return text;
}

TEST(ReplayBodyTest, EachBeginningMakesAWholeGzipFile) {
  std::string rest;
  for (int i = 0; i < 2'000; ++i) rest += "frame " + std::to_string(i * 7919 % 1'000) + ",";
  const ReplayBody body = ReplayBody::Compress(rest);
  EXPECT_LT(body.rest().size(), rest.size() / 3);
  for (const std::string beginning : {"", "{\"id\":\"1\",", "another, which is longer than the one before"}) {
    const std::string packed = Assemble(body, beginning);
    EXPECT_EQ(packed.size(), body.BytesWith(beginning));
    EXPECT_EQ(Inflate(packed), beginning + rest);
  }
}

TEST(ReplayBodyTest, APlainBodyIsSentAsItIs) {
  const ReplayBody body = ReplayBody::Plain("{\"cut");
  EXPECT_TRUE(body.is_plain());
  EXPECT_EQ(body.rest(), "{\"cut");
  EXPECT_EQ(body.BytesWith("no matter"), body.rest().size());
}

}  // namespace
}  // namespace cairn::apps
