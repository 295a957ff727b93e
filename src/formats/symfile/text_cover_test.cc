#include "formats/symfile/text_cover.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

TEST(TextCover, LineRows) {
  EXPECT_TRUE(MayCover("10 8 1 0", 0x10));
  EXPECT_TRUE(MayCover("10 8 1 0", 0x17));
  EXPECT_FALSE(MayCover("10 8 1 0", 0x18));
  EXPECT_FALSE(MayCover("10 8 1 0", 0xf));
  EXPECT_FALSE(MayCover("10 0 1 0\r", 0x10));
  EXPECT_FALSE(MayCover("10 8 100 0", 0x18)) << "the line number is no size";
  EXPECT_TRUE(MayCover("fFfFfFfFfFfFfFfF 1 1 0", ~std::uint64_t{0}));
  EXPECT_TRUE(MayCover("fffffffffffffff0 ffffffffffffffff 1 0", ~std::uint64_t{0}));
}

TEST(TextCover, Inlines) {
  EXPECT_TRUE(MayCover("INLINE 0 10 0 0 1000 8 1020 8", 0x1020));
  EXPECT_FALSE(MayCover("INLINE 0 10 0 0 1000 8 1020 8", 0x1010));
  EXPECT_FALSE(MayCover("INLINE 0 10 -1 0 1000 8 1020 8\r\r", 0x1028));
  EXPECT_TRUE(MayCover("INLINE 0 10 0 1000 8", 0x1004)) << "the old form";
  EXPECT_FALSE(MayCover("INLINE 0 10 0 1000 8", 0x1008));
}

TEST(TextCover, WhatIsNotPlainIsTheParsersMatter) {
  for (const std::string_view line :
       {"", "\r", "FUNC 10 8 0 f", "PUBLIC 10 0 p", "10", "10 ", "10\t8 1 0", "10  8 1 0", "10 x 1 0",
        " 10 8 1 0", "00000000000000010 8 1 0", "INLINE", "INLINE 0 1", "INLINE  0 1 0 0 1000 8",
        "INLINE 0 1 0 0 x 8", "rubbish"}) {
    EXPECT_TRUE(MayCover(line, 0x9999)) << line;
  }
}

}  // namespace
}  // namespace cairn::symfile
