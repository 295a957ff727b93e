#include "formats/symfile/text_lines.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

// Counts what is read of a text in memory.
class CountedText final : public TextSource {
 public:
  explicit CountedText(std::string_view text) : text_(base::AsBytes(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  bool Read(std::uint64_t offset, std::span<char> target) const override {
    ++reads;
    bytes += target.size();
    return text_.Read(offset, target);
  }
  mutable std::size_t reads = 0;
  mutable std::size_t bytes = 0;

 private:
  TextInMemory text_;
};

TEST(TextLines, LinesAtAnyOffset) {
  const TextInMemory text(base::AsBytes("one\n\nthree\r\nlast"));
  for (std::size_t window = 1; window < 20; ++window) {
    TextLines lines(text, window);
    EXPECT_EQ(lines.At(5), "three\r");
    EXPECT_EQ(lines.At(0), "one");
    EXPECT_EQ(lines.At(4), "");
    EXPECT_EQ(lines.At(12), "last");
    EXPECT_EQ(lines.At(13), "ast");
    EXPECT_EQ(lines.At(16), std::nullopt);
    EXPECT_EQ(lines.At(1), "ne");
    EXPECT_FALSE(lines.failed());
  }
}

TEST(TextLines, ReadsAheadOfThoseWhoGoOn) {
  std::string file;
  for (int i = 0; i < 100'000; ++i) file += "1000 8 1 1\n";
  const CountedText text(file);
  TextLines lines(text);
  std::uint64_t offset = 0;
  while (const auto line = lines.At(offset)) offset += line->size() + 1;
  EXPECT_EQ(offset, file.size());
  EXPECT_LT(text.reads, 30u);
  EXPECT_LT(text.bytes, file.size() + 3000);
  const std::size_t before = text.bytes;
  EXPECT_EQ(lines.At(11), "1000 8 1 1");
  EXPECT_EQ(text.bytes - before, TextLines::kWindowBytes) << "a jump reads little";
}

TEST(TextLines, LongLinesAreReadInAFewSteps) {
  const std::string file = std::string(1'000'000, 'x') + "\ny\n";
  const CountedText text(file);
  TextLines lines(text);
  EXPECT_EQ(lines.At(0)->size(), 1'000'000u);
  EXPECT_LT(text.reads, 15u);
  EXPECT_EQ(lines.At(1'000'001), "y");
}

TEST(TextLines, SayWhatCanNotBeRead) {
  class Nothing final : public TextSource {
   public:
    std::uint64_t size() const override { return 10; }
    bool Read(std::uint64_t, std::span<char>) const override { return false; }
  };
  const Nothing text;
  TextLines lines(text);
  EXPECT_EQ(lines.At(20), std::nullopt);
  EXPECT_FALSE(lines.failed());
  EXPECT_EQ(lines.At(0), std::nullopt);
  EXPECT_TRUE(lines.failed());
}

}  // namespace
}  // namespace cairn::symfile
