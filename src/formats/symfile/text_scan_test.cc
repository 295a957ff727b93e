#include "formats/symfile/text_scan.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

std::vector<std::size_t> Scan(std::string_view text, std::size_t begin, std::size_t end) {
  std::vector<std::size_t> offsets;
  ForEachIndexedLine(text, begin, end, [&](std::size_t offset) { offsets.push_back(offset); });
  return offsets;
}

std::vector<std::size_t> ScanSlowly(std::string_view text) {
  std::vector<std::size_t> offsets;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i - 1] == '\n' && MayBeIndexed(text, i)) offsets.push_back(i);
  }
  return offsets;
}

TEST(TextScan, LineRowsAndInlinesArePassedOver) {
  const std::string text = "x\nFUNC\n10 1 1 1\nINLINE 0\nINLINE_ORIGIN\n\nFILE\nPUBLIC\nSTACK\nINFO\nI\n";
  std::vector<std::string_view> lines;
  for (const std::size_t offset : Scan(text, 0, text.size())) lines.push_back(LineAt(text, offset));
  EXPECT_EQ(lines, (std::vector<std::string_view>{"FUNC", "INLINE_ORIGIN", "FILE", "PUBLIC", "STACK"}));
}

TEST(TextScan, FindsEveryLineWhereverItLiesInABlock) {
  for (std::size_t shift = 0; shift < 80; ++shift) {
    std::string text(shift, 'x');
    for (std::size_t i = 0; i < 40; ++i) {
      text += "\nFUNC\n\nINLINE_O\nS\nINLINE 0\nP";
      text.append(i, 'y');
    }
    ASSERT_EQ(Scan(text, 0, text.size()), ScanSlowly(text)) << shift;
    ASSERT_EQ(Scan(text.append("\n"), 0, text.size()), ScanSlowly(text)) << shift;
  }
}

TEST(TextScan, PartsFindEachLineOnce) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "10 1 1 1\nFUNC 1\nF\nINLINE_\n";
  for (std::size_t middle = 0; middle <= text.size(); ++middle) {
    std::vector<std::size_t> offsets = Scan(text, 0, middle);
    const std::vector<std::size_t> more = Scan(text, middle, text.size());
    offsets.insert(offsets.end(), more.begin(), more.end());
    ASSERT_EQ(offsets, ScanSlowly(text)) << middle;
  }
}

TEST(TextScan, LastLineNeedsNoEnd) {
  EXPECT_EQ(LineAt("a\nFUNC", 2), "FUNC");
  EXPECT_TRUE(Scan("a\n", 0, 2).empty());
  EXPECT_TRUE(Scan("", 0, 0).empty());
}

}  // namespace
}  // namespace cairn::symfile
