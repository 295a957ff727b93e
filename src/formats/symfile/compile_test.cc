#include "formats/symfile/compile.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "formats/symfile/symbol_cache.h"

namespace cairn::symfile {
namespace {

constexpr std::string_view kModule = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";

CompileReport ReportOf(std::string_view records) {
  const std::string text = std::string(kModule).append(records);
  const auto compiled = CompileSymbolCache(base::AsBytes(text));
  EXPECT_TRUE(compiled.has_value());
  return compiled->report;
}

TEST(SymbolCompile, BadLinesAreCountedAndNamed) {
  const CompileReport report = ReportOf("FUNC 10 10 0 f\nrubbish\n10 8 1 0\nFILE x y\nPUBLIC 40 0 p\n");
  EXPECT_EQ(report.lines, 6u);
  EXPECT_EQ(report.bad_lines, 2u);
  ASSERT_EQ(report.first_bad_lines.size(), 2u);
  EXPECT_EQ(report.first_bad_lines[0].number, 3u);
  EXPECT_EQ(report.first_bad_lines[0].offset, kModule.size() + 15);
  EXPECT_EQ(report.first_bad_lines[1].number, 5u);
  EXPECT_EQ(report.first_bad_lines[1].reason, "FILE: the id is not a decimal number");
  EXPECT_EQ(report.functions, 1u);
  EXPECT_EQ(report.line_rows, 1u);
  EXPECT_EQ(report.publics, 1u);
}

// Texts go away with their piece, so whatever the cache holds of them must have been kept.
TEST(SymbolCompile, TheCacheIsTheSameHoweverTheTextIsRead) {
  std::string text(kModule);
  text += "FILE 1 a.c\nINLINE_ORIGIN 1 g\nrubbish\n";
  for (int i = 0; i < 3000; ++i) {
    char line[400];
    std::snprintf(line, sizeof(line),
                  "FUNC %x 10 0 function_%d\n%x 8 %d 1\nINLINE 0 1 1 1 %x 4\n"
                  "STACK CFI INIT %x 10 .cfa: $rsp %d + .ra: .cfa -8 + ^\nSTACK CFI %x .cfa: $rsp %d +\n",
                  16 * i, i, 16 * i, i, 16 * i, 16 * i, i % 50, 16 * i + 1, i % 60);
    text += line;
  }
  const auto whole = CompileSymbolCache(base::AsBytes(text));
  ASSERT_TRUE(whole.has_value());
  const TextInMemory source(base::AsBytes(text));
  for (const bool uses_threads : {false, true}) {
    for (const std::size_t piece_bytes : {1, 1000, 100'000}) {
      const auto compiled =
          CompileSymbolCache(source, {.uses_threads = uses_threads, .piece_bytes = piece_bytes});
      ASSERT_TRUE(compiled.has_value());
      EXPECT_TRUE(compiled->cache == whole->cache);
      EXPECT_EQ(compiled->report.lines, 15'004u);
      ASSERT_EQ(compiled->report.bad_lines, 1u);
      EXPECT_EQ(compiled->report.first_bad_lines[0].number, 4u);
      EXPECT_EQ(compiled->report.first_bad_lines[0].offset, text.find("rubbish"));
    }
  }
}

TEST(SymbolCompile, TextThatCanNotBeReadHasNoCache) {
  // Its end is missing.
  class CutText final : public TextSource {
   public:
    std::uint64_t size() const override { return kModule.size() + (std::uint64_t{1} << 20); }
    bool Read(std::uint64_t offset, std::span<char> target) const override {
      return TextInMemory(base::AsBytes(kModule)).Read(offset, target);
    }
  };
  for (const bool uses_threads : {false, true}) {
    const auto compiled = CompileSymbolCache(CutText(), {.uses_threads = uses_threads, .piece_bytes = 32});
    ASSERT_FALSE(compiled.has_value());
    EXPECT_EQ(compiled.error().code, base::Code::kIo);
  }
}

TEST(SymbolCompile, LinesOfABadFunctionAreNotGivenToTheOneBefore) {
  const CompileReport report = ReportOf("FUNC 10 10 0 f\nFUNC 20 zz 0 g\n10 8 1 0\nINLINE 0 1 0 0 10 8\n");
  EXPECT_EQ(report.bad_lines, 1u);
  EXPECT_EQ(report.line_rows, 0u);
  EXPECT_EQ(report.outside_function, 2u);
}

TEST(SymbolCompile, RecordsBeforeAnyFunctionAreBad) {
  EXPECT_EQ(ReportOf("10 8 1 0\nINLINE 0 1 0 0 10 8\nSTACK CFI 10 .cfa: $rsp\n").bad_lines, 3u);
}

TEST(SymbolCompile, NoAddressWrapsAround) {
  const CompileReport report = ReportOf(
      "FUNC ffffffffffffffff 2 0 f\nSTACK CFI INIT ffffffffffffffff 2 .cfa: $rsp 8 +\n"
      "PUBLIC ffffffffffffffff 0 p\nFUNC fffffffffffffff0 f 0 last\n");
  EXPECT_EQ(report.bad_lines, 2u);
}

TEST(SymbolCompile, DepthOfInlinesIsBounded) {
  EXPECT_EQ(ReportOf("FUNC 10 10 0 f\nINLINE 127 1 0 0 10 8\nINLINE 128 1 0 0 10 8\n").bad_lines, 1u);
}

TEST(SymbolCompile, CfiIsCounted) {
  const CompileReport report = ReportOf(
      "STACK CFI INIT 10 10 .cfa: $rsp 8 + .ra: .cfa ^\nSTACK CFI 14 .cfa: $rsp 16 +\nSTACK CFI 20 .cfa: "
      "$rsp 8 +\n"
      "STACK CFI INIT 30 0 .cfa: $rsp\nSTACK WIN 4 0 1 0 0 0 0 0 0 0 0\n");
  EXPECT_EQ(report.cfi_ranges, 1u);
  EXPECT_EQ(report.cfi_rows, 2u);
  EXPECT_EQ(report.stack_win_records, 0u) << "a record of type 4 without a program";
  EXPECT_EQ(report.unused_stack_win_records, 1u);
  EXPECT_EQ(report.bad_lines, 2u) << "the address behind the range, and the empty range";
}

TEST(SymbolCompile, OnlyAFileWithoutModuleHasNoCache) {
  EXPECT_EQ(CompileSymbolCache(base::AsBytes("FUNC 10 10 0 f\n")).error().code, base::Code::kBadMagic);
}

TEST(SymbolCompile, KeptBadLinesAreBounded) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "rubbish\n";
  const CompileReport report = ReportOf(text);
  EXPECT_EQ(report.bad_lines, 1000u);
  EXPECT_EQ(report.first_bad_lines.size(), CompileReport::kMaxKept);
}

// What dump_syms of several systems and ages wrote has no line that is bad.
TEST(SymbolCompile, RealSymbolFilesHaveNoBadLine) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: no real symbol files to read";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures)) {
    if (entry.path().extension() != ".sym") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto compiled = CompileSymbolCache(base::AsBytes(text));
    ASSERT_TRUE(compiled.has_value()) << entry.path() << ": " << base::Describe(compiled.error());
    EXPECT_EQ(compiled->report.bad_lines, 0u)
        << entry.path() << ", line " << compiled->report.first_bad_lines.front().number << ": "
        << compiled->report.first_bad_lines.front().reason;
    const auto cache = SymbolCache::Open(compiled->cache);
    ASSERT_TRUE(cache.has_value());
    EXPECT_TRUE(cache->ChecksumMatches());
    ++files;
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace cairn::symfile
