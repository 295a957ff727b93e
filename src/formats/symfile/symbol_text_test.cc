#include "formats/symfile/symbol_text.h"

#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

// The record of a line that must be of this kind.
template <typename T>
T Parse(std::string_view line) {
  const Record record = ParseRecord(line);
  EXPECT_TRUE(std::holds_alternative<T>(record)) << line;
  return std::holds_alternative<T>(record) ? std::get<T>(record) : T{};
}

bool IsBad(std::string_view line) { return std::holds_alternative<BadRecord>(ParseRecord(line)); }

TEST(SymbolText, FunctionNamesReachToTheEndOfTheLine) {
  const auto function = Parse<FunctionRecord>("FUNC 1f000 ffffffffff 8 void f<int, char>(int) ");
  EXPECT_EQ(function.address, 0x1f000u);
  EXPECT_EQ(function.size, 0xffffffffffu);
  EXPECT_EQ(function.name, "void f<int, char>(int)");
  EXPECT_FALSE(function.shared);
  EXPECT_TRUE(Parse<FunctionRecord>("FUNC m 10 1 0 f").shared);
  EXPECT_EQ(Parse<FunctionRecord>("FUNC 10 1 0").name, "<name omitted>");
}

TEST(SymbolText, BadFunctionIsMarked) {
  EXPECT_TRUE(Parse<BadRecord>("FUNC 10 zz 0 f").is_function);
  EXPECT_FALSE(Parse<BadRecord>("PUBLIC zz 0 f").is_function);
  EXPECT_TRUE(IsBad("FUNC"));
  EXPECT_TRUE(IsBad("FUNC 11111111111111111 1 0 beyond_64_bits"));
  EXPECT_FALSE(IsBad("FUNC 00001111111111111111 1 0 zeros_in_front"));
}

TEST(SymbolText, Publics) {
  const auto exported = Parse<PublicRecord>("PUBLIC m 2000 0 _start");
  EXPECT_EQ(exported.address, 0x2000u);
  EXPECT_TRUE(exported.shared);
  EXPECT_EQ(exported.name, "_start");
  EXPECT_TRUE(IsBad("PUBLIC 2000 0"));
}

TEST(SymbolText, LinesBeginWithAnAddressEvenIfItLooksLikeAKeyword) {
  const auto line = Parse<LineRecord>("f00d 10 70000 3");
  EXPECT_EQ(line.address, 0xf00du);
  EXPECT_EQ(line.line, 70000u);
  EXPECT_EQ(line.file, 3u);
  EXPECT_EQ(Parse<LineRecord>("F00D\t10  12 3").line, 12u);
  EXPECT_EQ(Parse<LineRecord>("1000 10 -5 3").line, 0u);
  EXPECT_TRUE(IsBad("1000 10 5"));
  EXPECT_TRUE(IsBad("1000 10 5 x"));
  EXPECT_TRUE(IsBad("FUNCTION 1000 10 5 x"));
}

TEST(SymbolText, InlinesOfBothForms) {
  auto inlined = Parse<InlineRecord>("INLINE 1 12 3 4 1000 10 2000 20");
  EXPECT_EQ(inlined.depth, 1u);
  EXPECT_EQ(inlined.call_line, 12u);
  EXPECT_EQ(inlined.call_file, 3u);
  EXPECT_EQ(inlined.origin, 4u);
  EXPECT_EQ(TakeRange(inlined.ranges)->address, 0x1000u);
  EXPECT_EQ(TakeRange(inlined.ranges)->size, 0x20u);
  EXPECT_FALSE(TakeRange(inlined.ranges).has_value());

  const auto old_form = Parse<InlineRecord>("INLINE 1 12 4 1000 10");
  EXPECT_EQ(old_form.origin, 4u);
  EXPECT_FALSE(old_form.call_file.has_value());
  EXPECT_FALSE(Parse<InlineRecord>("INLINE 0 12 -1 4 1000 10").call_file.has_value());
  EXPECT_TRUE(IsBad("INLINE 0 12 3 4"));
  EXPECT_TRUE(IsBad("INLINE 0 12 3 4 1000 xyz"));
}

TEST(SymbolText, InlineOriginsOfBothForms) {
  EXPECT_EQ(Parse<InlineOriginRecord>("INLINE_ORIGIN 7 f(int)").name, "f(int)");
  EXPECT_EQ(Parse<InlineOriginRecord>("INLINE_ORIGIN 7 12 f(int)").name, "f(int)");
  EXPECT_EQ(Parse<InlineOriginRecord>("INLINE_ORIGIN 7 -1 f(int)").name, "f(int)");
  EXPECT_EQ(Parse<InlineOriginRecord>("INLINE_ORIGIN 7").name, "");
  EXPECT_EQ(Parse<InlineOriginRecord>("INLINE_ORIGIN 7").id, 7u);
  EXPECT_TRUE(IsBad("INLINE_ORIGIN f"));
}

TEST(SymbolText, Files) {
  EXPECT_EQ(Parse<FileRecord>("FILE 18446744073709551615 c:\\my code\\a.c").name, "c:\\my code\\a.c");
  EXPECT_TRUE(IsBad("FILE 18446744073709551616 a.c"));
  EXPECT_TRUE(IsBad("FILE x a.c"));
}

TEST(SymbolText, StackRecords) {
  const auto init = Parse<CfiInitRecord>("STACK CFI INIT 1000 20 .cfa: $rsp 8 +");
  EXPECT_EQ(init.size, 0x20u);
  EXPECT_EQ(init.rules, ".cfa: $rsp 8 +");
  EXPECT_EQ(Parse<CfiDeltaRecord>("STACK CFI 1004 .cfa: $rsp 16 +").address, 0x1004u);
  Parse<StackWinRecord>("STACK WIN 4 1000 c 1 0 0 0 0 0 1 $eip 4 + ^ =");
  EXPECT_TRUE(IsBad("STACK"));
  EXPECT_TRUE(IsBad("STACK CFI INIT 1000"));
  EXPECT_TRUE(IsBad("STACK CFI .cfa: 8"));
}

TEST(SymbolText, LinesEndInAnyNumberOfReturnsOrNone) {
  const std::string text = "\xef\xbb\xbfMODULE a\r\r\nFILE 0 a.c\r\n\n \nPUBLIC 10 0 last";
  SymbolTextReader reader(base::AsBytes(text));
  ASSERT_TRUE(reader.Next());
  EXPECT_TRUE(std::holds_alternative<OtherRecord>(reader.record()));
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(std::get<FileRecord>(reader.record()).name, "a.c");
  EXPECT_EQ(text.substr(reader.line_offset(), 4), "FILE");
  ASSERT_TRUE(reader.Next());
  ASSERT_TRUE(reader.Next());
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(std::get<PublicRecord>(reader.record()).name, "last");
  EXPECT_FALSE(reader.Next());
  SymbolTextReader later(base::AsBytes("\xef\xbb\xbf\nFILE 0 a"), 100);
  ASSERT_TRUE(later.Next());
  EXPECT_TRUE(std::holds_alternative<BadRecord>(later.record())) << "the mark stands at the beginning only";
  ASSERT_TRUE(later.Next());
  EXPECT_EQ(later.line_offset(), 104u);
}

}  // namespace
}  // namespace cairn::symfile
