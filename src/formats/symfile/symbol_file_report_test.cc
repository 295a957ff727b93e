#include "formats/symfile/symbol_file_report.h"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/symfile/symbol_cache.h"
#include "testing/packed_files.h"

namespace cairn::symfile {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kModule = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";

SymbolFileReport ReportOf(std::string_view records) {
  const std::string text = std::string(kModule).append(records);
  const auto report = CheckSymbolFile(base::AsBytes(text));
  EXPECT_TRUE(report.has_value());
  return *report;
}

// The reason for the last line of `records`, which is the only bad one.
std::string_view ReasonOf(std::string_view records) {
  const SymbolFileReport report = ReportOf(records);
  EXPECT_EQ(report.bad_lines.size(), 1u) << records;
  return report.bad_lines.empty() ? "" : report.bad_lines.back().place.reason;
}

TEST(SymbolFileReport, EveryKindOfRecordHasItsReason) {
  EXPECT_THAT(ReasonOf("FILE x a.c\n"), HasSubstr("FILE: the id"));
  EXPECT_THAT(ReasonOf("INLINE_ORIGIN f\n"), HasSubstr("INLINE_ORIGIN: the id"));
  EXPECT_THAT(ReasonOf("FUNC 10 0x20 0 f\n"), HasSubstr("FUNC: address, size or parameter size"));
  EXPECT_THAT(ReasonOf("FUNC ffffffffffffffff 2 0 f\n"), HasSubstr("FUNC: the function leaves"));
  EXPECT_THAT(ReasonOf("PUBLIC 0x10 0 f\n"), HasSubstr("PUBLIC: address or parameter size"));
  EXPECT_THAT(ReasonOf("PUBLIC 10 0\n"), HasSubstr("PUBLIC: there is no name"));
  EXPECT_THAT(ReasonOf("10 8 1 0\n"), HasSubstr("before any FUNC"));
  EXPECT_THAT(ReasonOf("FUNC 10 8 0 f\n10 8 x 0\n"), HasSubstr("neither a known record nor a line"));
  EXPECT_THAT(ReasonOf("INLINE 0 1 0 0 10 8\n"), HasSubstr("INLINE: before any FUNC"));
  EXPECT_THAT(ReasonOf("FUNC 10 8 0 f\nINLINE 0 1 0 0\n"), HasSubstr("INLINE: there is no range"));
  EXPECT_THAT(ReasonOf("FUNC 10 8 0 f\nINLINE 0 1 0 x 10 8\n"), HasSubstr("INLINE: a field"));
  EXPECT_THAT(ReasonOf("FUNC 10 8 0 f\nINLINE 900 1 0 0 10 8\n"), HasSubstr("INLINE: deeper"));
  EXPECT_THAT(ReasonOf("STACK OTHER\n"), HasSubstr("STACK: neither CFI nor WIN"));
  EXPECT_THAT(ReasonOf("STACK CFI INIT 10 x .cfa: $rsp\n"), HasSubstr("STACK CFI INIT: address or size"));
  EXPECT_THAT(ReasonOf("STACK CFI INIT 10 0 .cfa: $rsp\n"), HasSubstr("STACK CFI INIT: the range is empty"));
  EXPECT_THAT(ReasonOf("STACK CFI INIT 10 8 $rsp\n"), HasSubstr("STACK CFI INIT: the rules"));
  EXPECT_THAT(ReasonOf("STACK CFI x .cfa: $rsp\n"), HasSubstr("STACK CFI: the address is not"));
  EXPECT_THAT(ReasonOf("STACK CFI 10 .cfa: $rsp\n"), HasSubstr("no usable STACK CFI INIT before it"));
  EXPECT_THAT(ReasonOf("STACK WIN 4 10\n"), HasSubstr("STACK WIN: a field"));
}

TEST(SymbolFileReport, SaysWhereAndWhat) {
  const std::string text =
      FormatReport(ReportOf("FUNC 10 8 0 f\n10 8 1 0\nFUNC zz 1 0 \x01g\r\nPUBLIC 30 0 p\n"));
  EXPECT_EQ(text,
            "module: a.out 0123456789ABCDEF0123456789ABCDEF0 Linux x86_64\n"
            "5 lines: 1 function, 1 public symbol, 1 line row\n"
            "1 line left out:\n"
            "line 4 (byte 83): FUNC: address, size or parameter size is not a hexadecimal number: "
            "\"FUNC zz 1 0 ?g\"\n");
}

TEST(SymbolFileReport, LongListsAndLinesAreCut) {
  std::string records = "rubbish " + std::string(1 << 20, 'x') + "\n";
  for (int i = 0; i < 30; ++i) records += "rubbish\n";
  const SymbolFileReport report = ReportOf(records);
  EXPECT_EQ(report.bad_lines.size(), CompileReport::kMaxKept);
  EXPECT_EQ(report.bad_lines.front().start.size(), ReportedLine::kMaxShown + 3);
  const std::string text = FormatReport(report);
  EXPECT_THAT(text, HasSubstr("31 lines left out:\n"));
  EXPECT_TRUE(text.ends_with("and 11 more\n"));
}

// Each of these makes other readers refuse the file.
TEST(SymbolFileReport, OddFilesAreNotedAndNotLost) {
  const SymbolFileReport joined =
      ReportOf(std::string("PUBLIC 10 0 p\n").append(kModule) + "PUBLIC 20 0 q\n");
  EXPECT_EQ(joined.further_modules, 1u);
  EXPECT_EQ(joined.compiled.publics, 2u);
  EXPECT_EQ(joined.compiled.bad_lines, 0u);
  EXPECT_THAT(FormatReport(joined), HasSubstr("note: 1 further MODULE line: the first counts\n"));

  const SymbolFileReport cut = ReportOf("PUBLIC 10 0 p\nPUBLIC 20 0 q");
  EXPECT_FALSE(cut.has_final_newline);
  EXPECT_EQ(cut.compiled.publics, 2u);
  EXPECT_THAT(FormatReport(cut), HasSubstr("may have been cut short\n"));

  const SymbolFileReport latin1 = ReportOf("PUBLIC 10 0 p\nPUBLIC 20 0 \xe4\nFILE 0 \xff.c\n");
  EXPECT_EQ(latin1.invalid_utf8_lines, 2u);
  EXPECT_EQ(latin1.first_invalid_utf8, 3u);
  EXPECT_EQ(latin1.compiled.publics, 2u);
  EXPECT_THAT(FormatReport(latin1), HasSubstr("2 lines with bytes that are no UTF-8, the first is line 3\n"));
}

TEST(SymbolFileReport, InvalidNamesAreKeptAsTheyAre) {
  const std::string text = std::string(kModule).append("FUNC 10 10 0 na\xefme\n");
  const auto compiled = CompileSymbolCache(base::AsBytes(text));
  const auto cache = SymbolCache::Open(compiled->cache);
  ASSERT_TRUE(cache.has_value());
  EXPECT_EQ(cache->Symbolize({0x10})->location.function, "na\xefme");
}

TEST(SymbolFileReport, PackedFilesAreReported) {
  const std::string file = testing::GzipOf(testing::CabinetOf(kModule));
  const auto report = CheckSymbolFile(base::AsBytes(file));
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->text_bytes, kModule.size());
  EXPECT_THAT(FormatReport(*report),
              HasSubstr("note: it is packed with gzip\nnote: it is packed in a cabinet\n"));
}

TEST(SymbolFileReport, WhatIsNoSymbolFileIsAnError) {
  EXPECT_EQ(CheckSymbolFile(base::AsBytes("\x7f"
                                          "ELF"))
                .error()
                .code,
            base::Code::kBadMagic);
}

TEST(SymbolFileReport, LinesOutsideFunctionsAreNoted) {
  EXPECT_THAT(FormatReport(ReportOf("FUNC 10 8 0 f\n20 8 1 0\n")),
              HasSubstr("note: 1 line row or inlined range outside its function\n"));
}

}  // namespace
}  // namespace cairn::symfile
