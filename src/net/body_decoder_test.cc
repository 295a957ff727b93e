#include "net/body_decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace cairn::net {
namespace {

// windowBits as of zlib: 31 gzip, 15 zlib, -15 bare.
std::string Compress(const std::string& text, int window) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, static_cast<uLong>(text.size())) + 64, '\0');
  std::string in = text;
  z.next_in = static_cast<Bytef*>(static_cast<void*>(in.data()));
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = static_cast<Bytef*>(static_cast<void*>(out.data()));
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

// What came out, or the sentence of the error. The body arrives in pieces of `piece` bytes.
std::string Decode(const std::string& encoding, const std::string& body, std::size_t piece = 1 << 20,
                   std::uint64_t max_bytes = 1 << 30) {
  std::string out;
  auto decoder = BodyDecoder::Create(encoding, max_bytes, [&](base::Bytes bytes) {
    out.append(base::AsText(bytes));
    return base::Status();
  });
  if (!decoder) return std::string(base::CodeSentence(decoder.error().code));
  for (std::size_t i = 0; i < body.size(); i += piece) {
    if (const auto fed = decoder->Feed(base::AsBytes(body.substr(i, piece))); !fed)
      return std::string(base::CodeSentence(fed.error().code));
  }
  if (const auto finished = decoder->Finish(); !finished)
    return std::string(base::CodeSentence(finished.error().code));
  EXPECT_EQ(decoder->bytes_out(), out.size());
  return out;
}

const std::string kText = "MODULE Linux x86_64 000 a\n" + std::string(200'000, 'x') + "end";

TEST(BodyDecoderTest, UndoesEveryEncodingInPiecesOfAnySize) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    EXPECT_EQ(Decode("", kText, piece), kText);
    EXPECT_EQ(Decode("identity", kText, piece), kText);
    EXPECT_EQ(Decode("gzip", Compress(kText, 31), piece), kText);
    EXPECT_EQ(Decode("x-gzip", Compress(kText, 31), piece), kText);
    EXPECT_EQ(Decode("deflate", Compress(kText, 15), piece), kText);
    EXPECT_EQ(Decode("deflate", Compress(kText, -15), piece), kText);
  }
}

TEST(BodyDecoderTest, GzipIsKnownWithoutAHeaderAndMayHaveSeveralMembers) {
  EXPECT_EQ(Decode("", Compress(kText, 31)), kText);
  EXPECT_EQ(Decode("gzip", Compress("one ", 31) + Compress("two", 31), 1), "one two");
  EXPECT_EQ(Decode("gzip", Compress("one", 31) + std::string(100, '\0')), "one");
}

// Found by body_decoder_fuzz: a piece of padding that began like gzip was taken for another file.
TEST(BodyDecoderTest, PaddingIsPaddingInPiecesOfAnySize) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1} << 20}) {
    EXPECT_EQ(Decode("gzip", Compress("one", 31) + std::string("\0\x1f\x8b\0", 4), piece), "one");
    EXPECT_EQ(Decode("deflate", Compress("one", 15) + "\x1f\x8b", piece), "one");
    EXPECT_EQ(Decode("deflate", Compress("one", -15) + "\x1f\x8b", piece), "one");
  }
}

TEST(BodyDecoderTest, WhatIsCutOrDamagedIsAnError) {
  const std::string whole = Compress(kText, 31);
  EXPECT_EQ(Decode("gzip", whole.substr(0, whole.size() - 1)), base::CodeSentence(base::Code::kTruncated));
  EXPECT_EQ(Decode("gzip", "plain"), base::CodeSentence(base::Code::kBadValue));
  std::string wrong_sum = whole;
  wrong_sum[whole.size() - 8] ^= 1;
  EXPECT_EQ(Decode("gzip", wrong_sum), base::CodeSentence(base::Code::kBadValue));
  EXPECT_EQ(Decode("br", "x"), base::CodeSentence(base::Code::kUnsupported));
}

TEST(BodyDecoderTest, LimitsHoldForWhatComesOut) {
  EXPECT_EQ(Decode("", "12345", 1, 5), "12345");
  EXPECT_EQ(Decode("", "123456", 1, 5), base::CodeSentence(base::Code::kLimitExceeded));
  EXPECT_EQ(Decode("gzip", Compress(kText, 31), 1 << 20, 1000),
            base::CodeSentence(base::Code::kLimitExceeded));
  const std::string bomb = Compress(std::string(40 << 20, '\0'), 31);
  EXPECT_EQ(Decode("gzip", bomb), base::CodeSentence(base::Code::kLimitExceeded));
}

}  // namespace
}  // namespace cairn::net
