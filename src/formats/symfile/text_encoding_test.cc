#include "formats/symfile/text_encoding.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

using namespace std::string_view_literals;

std::string Decode(std::string_view text, std::endian order = std::endian::little) {
  return std::string(base::AsText(DecodeUtf16(base::AsBytes(text), order)));
}

TEST(TextEncoding, OrderIsThatOfTheMarkOrOfTheFirstWord) {
  EXPECT_EQ(FindUtf16Order(base::AsBytes("\xff\xfeM\0"sv)), std::endian::little);
  EXPECT_EQ(FindUtf16Order(base::AsBytes("\xfe\xff\0M"sv)), std::endian::big);
  EXPECT_EQ(FindUtf16Order(base::AsBytes("M\0O\0D\0U\0L\0E\0 \0"sv)), std::endian::little);
  EXPECT_EQ(FindUtf16Order(base::AsBytes("\0M\0O\0D\0U\0L\0E\0 "sv)), std::endian::big);
  for (const std::string_view text : {"MODULE"sv, ""sv, "\xff"sv, "M\0O\0X\0"sv, "\xef\xbb\xbfMODULE"sv}) {
    EXPECT_FALSE(FindUtf16Order(base::AsBytes(text))) << text;
  }
}

TEST(TextEncoding, EveryLengthOfUtf8ComesOut) {
  EXPECT_EQ(Decode("a\0\xe4\0\xac\x20\x3d\xd8\x00\xde"sv), "a\u00e4\u20ac\U0001f600");
  EXPECT_EQ(Decode("\0a\0\xe4\x20\xac\xd8\x3d\xde\x00"sv, std::endian::big), "a\u00e4\u20ac\U0001f600");
}

TEST(TextEncoding, OnlyTheFirstMarkIsLeftOut) {
  EXPECT_EQ(Decode("\xff\xfe"
                   "a\0\xff\xfe"sv),
            "a\ufeff");
}

TEST(TextEncoding, HalvesOfPairsAreReplaced) {
  EXPECT_EQ(Decode("\x3d\xd8"
                   "a\0"sv),
            "\ufffda");
  EXPECT_EQ(Decode("\x00\xde"
                   "a\0"sv),
            "\ufffda");
  EXPECT_EQ(Decode("\x3d\xd8\x3d\xd8\x00\xde"sv), "\ufffd\U0001f600");
  EXPECT_EQ(Decode("a\0\x3d\xd8"sv), "a\ufffd");
}

TEST(TextEncoding, OddLastByteIsLeftOut) { EXPECT_EQ(Decode("a\0b"sv), "a"); }

}  // namespace
}  // namespace cairn::symfile
