#include "base/utf8.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

TEST(Utf8, ValidTextStaysAsItIs) {
  const std::string text = std::string("a\0b ", 4) + "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x92\xa5";
  EXPECT_TRUE(IsUtf8(text));
  EXPECT_EQ(ToValidUtf8(text), text);
  EXPECT_EQ(ToValidUtf8(""), "");
}

TEST(Utf8, EachBadByteBecomesAReplacementCharacter) {
  EXPECT_EQ(ToValidUtf8("a\xff"
                        "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(ToValidUtf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd") << "cut in the middle";
  for (const std::string bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
    EXPECT_TRUE(IsUtf8(ToValidUtf8(bad)));
  }
}

TEST(Utf8, AnEmptyTextHasNoSequence) { EXPECT_EQ(Utf8SequenceLength(""), 0U); }

}  // namespace
}  // namespace cairn::base
