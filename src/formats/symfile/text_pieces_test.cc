#include "formats/symfile/text_pieces.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

// All lines of a part, whose pieces must follow each other.
std::string LinesOf(std::string_view text, TextPart part, std::size_t piece_bytes) {
  const TextInMemory source(base::AsBytes(text));
  TextPieces pieces(source, part, piece_bytes);
  std::string lines;
  std::uint64_t offset = 0;
  while (pieces.Next()) {
    EXPECT_TRUE(lines.empty() || pieces.offset() == offset);
    EXPECT_EQ(pieces.lines(), text.substr(pieces.offset(), pieces.lines().size()));
    EXPECT_TRUE(pieces.offset() == 0 || text[pieces.offset() - 1] == '\n');
    offset = pieces.offset() + pieces.lines().size();
    EXPECT_TRUE(offset == text.size() || text[offset - 1] == '\n');
    lines.append(pieces.lines());
  }
  EXPECT_FALSE(pieces.failed());
  return lines;
}

TEST(TextPieces, GiveTheTextInWholeLines) {
  for (const std::string_view text :
       {"one\n\nthree\nfour is longer\n5\n", "a\nlast without an end", "\n", "x"}) {
    for (std::size_t bytes = 1; bytes < 40; ++bytes) EXPECT_EQ(LinesOf(text, {0, text.size()}, bytes), text);
  }
  EXPECT_EQ(LinesOf("", {0, 0}, 1), "");
}

TEST(TextPieces, PartsThatMeetShareTheLines) {
  const std::string_view text = "one\n\nthree\nfour is longer\n5\n\n\nlast";
  for (std::uint64_t middle = 0; middle <= text.size(); ++middle) {
    for (std::size_t bytes = 1; bytes < 40; bytes += 3) {
      const std::string first = LinesOf(text, {0, middle}, bytes);
      // A part that begins with the text has the first line, so the other must begin behind it.
      if (middle == 0) continue;
      EXPECT_EQ(first + LinesOf(text, {middle, text.size()}, bytes), text) << middle;
    }
  }
  EXPECT_EQ(LinesOf(text, {0, 0}, 7), "one\n");
  EXPECT_EQ(LinesOf(text, {1, 4}, 7), "\n");
  EXPECT_EQ(LinesOf(text, {12, 14}, 7), "");
}

TEST(TextPieces, SayWhatCanNotBeRead) {
  class Nothing final : public TextSource {
   public:
    std::uint64_t size() const override { return 10; }
    bool Read(std::uint64_t, std::span<char>) const override { return false; }
  };
  const Nothing text;
  for (const std::uint64_t begin : {0, 5}) {
    TextPieces pieces(text, {begin, 10});
    EXPECT_FALSE(pieces.Next());
    EXPECT_TRUE(pieces.failed());
  }
}

}  // namespace
}  // namespace cairn::symfile
