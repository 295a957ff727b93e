#include "analysis/signature/unicode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

using ::testing::ElementsAre;

TEST(UnicodeTest, WhiteSpaceOfAllKindsIsStripped) {
  EXPECT_EQ(StripSpaces(" \t\x1f\xc2\xa0"
                        "a b\xe3\x80\x80\n"),
            "a b");
  EXPECT_EQ(StripSpaces("\xc3\xa0"), "\xc3\xa0");  // Its second byte is a no-break space elsewhere.
  EXPECT_EQ(StripSpaces(" \xe2\x80\xa8 "), "");
}

TEST(UnicodeTest, LinesEndInManyWays) {
  EXPECT_THAT(SplitTextLines("a\nb\r\nc\rd\x1c"
                             "e\xe2\x80\xa8"
                             "f\xc2\x85",
                             9),
              ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_THAT(SplitTextLines("a\nb\nc", 2), ElementsAre("a", "b"));
  EXPECT_THAT(SplitTextLines("\n", 9), ElementsAre(""));
  EXPECT_THAT(SplitTextLines("", 9), ElementsAre());
  EXPECT_THAT(SplitTextLines("x: y\n", 9), ElementsAre("x: y"));
}

TEST(UnicodeTest, CharactersAreCountedNotBytes) {
  EXPECT_EQ(CountCharacters("a\xc3\xa4\xe5\xbe\xae"), 3u);
  EXPECT_EQ(FirstCharacters("a\xc3\xa4\xe5\xbe\xae", 2), "a\xc3\xa4");
  EXPECT_EQ(FirstCharacters("abc", 3), "abc");
  EXPECT_EQ(FirstCharacters("\xe5\xbe\xae\xe5\xbe\xae\xe5\xbe\xae", 1), "\xe5\xbe\xae");
}

TEST(UnicodeTest, LowerCaseOfTheAlphabets) {
  std::string text;
  AppendLowerCase("USER32.DLL \xc3\x84\xc3\x97 \xce\xa9 \xd0\x96 \xc5\xb8 \xe5\xbe\xae \xff", text);
  EXPECT_EQ(text, "user32.dll \xc3\xa4\xc3\x97 \xcf\x89 \xd0\xb6 \xc3\xbf \xe5\xbe\xae \xff");
}

}  // namespace
}  // namespace cairn::signature
