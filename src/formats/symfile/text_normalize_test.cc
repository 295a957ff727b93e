#include "formats/symfile/text_normalize.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "testing/packed_files.h"

namespace cairn::symfile {
namespace {

constexpr std::string_view kFile =
    "MODULE windows x86_64 0123456789ABCDEF0123456789ABCDEF0 a.pdb\nFUNC 10 10 0 f\n10 10 7 0\nFILE 0 a.c\n";

std::string Utf16(std::string_view text, std::endian order, bool has_mark) {
  std::string wide;
  const auto put = [&](unsigned unit) {
    const char low = static_cast<char>(unit & 0xff);
    const char high = static_cast<char>(unit >> 8);
    wide.append(1, order == std::endian::little ? low : high);
    wide.append(1, order == std::endian::little ? high : low);
  };
  if (has_mark) put(0xfeff);
  for (const char c : text) put(static_cast<unsigned char>(c));
  return wide;
}

// Through the compiler: does the function that is in kFile have its name and line?
void ExpectReadable(std::string_view file) {
  const auto text = NormalizeSymbolFile(base::AsBytes(file));
  ASSERT_TRUE(text.has_value()) << base::Describe(text.error());
  const auto compiled = CompileSymbolCache(text->text());
  ASSERT_TRUE(compiled.has_value()) << base::Describe(compiled.error());
  const auto cache = SymbolCache::Open(compiled->cache);
  ASSERT_TRUE(cache.has_value());
  const auto name = cache->Symbolize({0x18});
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->location.function.substr(0, 1), "f");
  EXPECT_EQ(name->location.line, 7u);
  EXPECT_EQ(compiled->report.bad_lines, 0u);
}

TEST(TextNormalize, TheBeginningShowsWhatIsPlain) {
  const auto is_plain = [](std::string_view file) {
    return IsPlainBeginning(base::AsBytes(file.substr(0, kPackedMarkBytes)));
  };
  EXPECT_TRUE(is_plain(kFile));
  EXPECT_TRUE(is_plain("<html>"));
  EXPECT_FALSE(is_plain(testing::GzipOf(kFile)));
  EXPECT_FALSE(is_plain(testing::CabinetOf(kFile)));
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    EXPECT_FALSE(is_plain(Utf16(kFile, order, true)));
    EXPECT_FALSE(is_plain(Utf16(kFile, order, false)));
  }
}

TEST(TextNormalize, PlainFileIsNotCopied) {
  const auto text = NormalizeSymbolFile(base::AsBytes(kFile));
  ASSERT_TRUE(text.has_value());
  EXPECT_TRUE(text->is_plain());
  EXPECT_EQ(base::AsText(text->text()).data(), kFile.data());
  EXPECT_EQ(text->text().size(), kFile.size());
  ExpectReadable(kFile);
}

TEST(TextNormalize, Utf16OfBothOrders) {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    for (const bool has_mark : {false, true}) ExpectReadable(Utf16(kFile, order, has_mark));
  }
}

TEST(TextNormalize, WrappingsAreTakenOff) {
  const std::string wide = Utf16(kFile, std::endian::little, true);
  ExpectReadable(testing::GzipOf(kFile));
  ExpectReadable(testing::CabinetOf(kFile));
  const std::string file = testing::GzipOf(testing::CabinetOf(wide));
  ExpectReadable(file);
  const auto text = NormalizeSymbolFile(base::AsBytes(file));
  using Wrapping = NormalizedText::Wrapping;
  EXPECT_EQ(text->wrappings(), (std::vector{Wrapping::kGzip, Wrapping::kCabinet}));
  EXPECT_EQ(text->utf16_order(), std::endian::little);
  EXPECT_FALSE(text->is_plain());
}

TEST(TextNormalize, MovingKeepsTheText) {
  auto text = NormalizeSymbolFile(base::AsBytes(testing::GzipOf(kFile)));
  const NormalizedText moved = *std::move(text);
  EXPECT_EQ(base::AsText(moved.text()), kFile);
}

TEST(TextNormalize, DamageAndMatryoshkasAreErrors) {
  std::string file = testing::GzipOf(testing::GzipOf(testing::GzipOf(kFile)));
  EXPECT_EQ(NormalizeSymbolFile(base::AsBytes(file)).error().code, base::Code::kLimitExceeded);
  EXPECT_EQ(NormalizeSymbolFile(base::AsBytes(file.substr(0, 99))).error().code, base::Code::kTruncated);
  EXPECT_FALSE(NormalizeSymbolFile(base::AsBytes("MSCF")).has_value());
}

TEST(TextNormalize, LineEndsAndMarksAreTheParsersMatter) {
  for (const std::string_view end : {"\r\n", "\r\r\n", " \n", "\n\n", "\t\r\r\r\n"}) {
    std::string changed = "\xef\xbb\xbf";
    for (const char c : kFile) c == '\n' ? changed.append(end) : changed.append(1, c);
    ExpectReadable(changed);
  }
  ExpectReadable(kFile.substr(0, kFile.size() - 1));
}

TEST(TextNormalize, LongNamesAreCutNotLost) {
  std::string file(kFile);
  file.insert(file.find(" f\n") + 2, std::string(kMaxNameBytes * 2, 'o'));
  ExpectReadable(file);
  ExpectReadable(Utf16(file, std::endian::little, true));
}

}  // namespace
}  // namespace cairn::symfile
