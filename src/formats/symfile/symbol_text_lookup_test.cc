#include "formats/symfile/symbol_text_lookup.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_cache.h"
#include "testing/same_answers.h"

namespace cairn::symfile {
namespace {

constexpr std::string_view kModule = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";

// Asks text and compiled cache at every boundary, or at `max_addresses` of them. Half of the addresses are
// asked of a text that is read in pieces of a few bytes.
void ExpectSameAnswers(std::string_view file, std::size_t max_addresses = SIZE_MAX) {
  const base::Bytes bytes = base::AsBytes(file);
  const auto text = SymbolText::Open(bytes);
  const auto pieces = SymbolText::Open(std::make_unique<TextInMemory>(bytes),
                                       {.index = {.threads = 2, .piece_bytes = 3}, .window_bytes = 1});
  const auto compiled = CompileSymbolCache(bytes);
  ASSERT_TRUE(text.has_value() && pieces.has_value() && compiled.has_value());
  const auto cache = SymbolCache::Open(compiled->cache);
  ASSERT_TRUE(cache.has_value());
  const std::vector<std::uint64_t> addresses = testing::BoundariesOf(file);
  for (std::size_t i = 0; i < addresses.size(); i += addresses.size() / max_addresses + 1) {
    EXPECT_EQ(testing::FindDifference(i % 2 == 0 ? *text : *pieces, *cache, {addresses[i]}), "")
        << std::hex << addresses[i];
  }
}

// The same with each form of line ends.
void ExpectSameAnswersTo(std::string_view records) {
  const std::string file = std::string(kModule).append(records);
  ExpectSameAnswers(file);
  ExpectSameAnswers(file.substr(0, file.size() - 1));
  for (const std::string_view end : {"\r\n", "\r\r\n", " \t\r\n", "\n\n"}) {
    std::string changed;
    for (const char c : file) c == '\n' ? changed.append(end) : changed.append(1, c);
    ExpectSameAnswers(changed);
  }
}

TEST(SymbolText, AnswersFromTheText) {
  const std::string file = std::string(kModule).append(
      "FILE 0 a.c\nFILE 1 b.c\nINLINE_ORIGIN 0 inner()\nFUNC 1000 20 0 main\nINLINE 0 10 0 0 1008 10\n"
      "1000 10 9 0\n1010 10 21 1\nSTACK CFI INIT 1000 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n");
  const auto text = SymbolText::Open(base::AsBytes(file));
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->header().debug_file, "a.out");
  EXPECT_EQ(text->cpu(), model::Cpu::kAmd64);
  EXPECT_GT(text->index_bytes(), 0u);
  const auto name = text->Symbolize({0x1010});
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->location.function, "main");
  EXPECT_EQ(name->location.line, 10u);
  ASSERT_EQ(name->inlines.size(), 1u);
  EXPECT_EQ(name->inlines[0].function, "inner()");
  EXPECT_EQ(name->inlines[0].file, "b.c");
  EXPECT_EQ(text->FindUnwindRow({0x1000})->cfa.size(), 3u);
  EXPECT_EQ(text->FindCode({0x1000}), model::CodeAt::kFunction);
  EXPECT_EQ(text->FindCode({0x1020}), model::CodeAt::kNothing);
}

TEST(SymbolText, FunctionsInAnyOrder) {
  ExpectSameAnswersTo(
      "FUNC 300 20 0 c\n300 10 3 0\nFUNC 100 20 0 a\n100 20 1 0\n108 4 9 0\nFUNC 200 20 0 b\n210 8 2 1\n"
      "200 10 1 1\nFILE 1 late.c\nFILE 0 zero.c\nFILE 1 later.c\n");
}

TEST(SymbolText, OverlapsAndDuplicates) {
  ExpectSameAnswersTo(
      "FILE 0 a.c\nFUNC 100 100 0 outer\n100 100 1 0\nFUNC 140 10 0 inside\n140 8 2 0\nFUNC 148 20 0 across\n"
      "148 20 3 0\nFUNC 100 100 0 again\n100 100 4 0\nFUNC 1f0 20 0 behind\n1f0 20 5 0\nFUNC 140 10 0 twin\n"
      "PUBLIC 140 0 hidden\nPUBLIC 150 0 p\nPUBLIC 150 0 q\nPUBLIC 220 0 r\nFUNC m 220 0 0 folded\n"
      "FUNC 230 0 8 empty\n230 8 1 0\nPUBLIC 2000000 0 far\nPUBLIC 90 4 first\n");
}

TEST(SymbolText, OverlappingLinesAndInlines) {
  ExpectSameAnswersTo(
      "FILE 0 a.c\nINLINE_ORIGIN 0 x\nINLINE_ORIGIN 1 y\nFUNC 100 80 0 f\n"
      "INLINE 0 1 0 0 108 20 140 8\nINLINE 0 2 0 1 118 20\nINLINE 0 3 0 1 110 40 100 2\nINLINE 1 4 -1 9 110 "
      "8\n"
      "INLINE 1 5 0 108 30\nINLINE 2 6 0 0 114 2 0 ffffffffffffffff\nINLINE 0 7 0 0\nINLINE 200 1 0 0 100 8\n"
      "100 80 10 0\n110 10 11 0\n118 10 12 0\n118 8 13 7\n120 0 14 0\n17c 20 15 0\nf0 20 16 0\n"
      "120 ffffffffffffffff 17 0\n130 4 -3 0\n");
}

TEST(SymbolText, NamesThatLookLikeIds) {
  ExpectSameAnswersTo(
      "FILE 7 5 a.c\nFILE 8 \nINLINE_ORIGIN 1 5 f\nINLINE_ORIGIN 2 -1\nINLINE_ORIGIN 3 4 6 g\nINLINE_ORIGIN "
      "4\n"
      "INLINE_ORIGIN 5 -1 -1 h\nINLINE_ORIGIN 18446744073709551615 last\nFUNC 100 80 0 f\n100 80 1 7\n"
      "INLINE 0 1 8 1 100 70\nINLINE 1 2 7 2 100 60\nINLINE 2 3 7 3 100 50\nINLINE 3 3 9 4 100 40\n"
      "INLINE 4 3 7 5 100 30\nINLINE 5 -3 18446744073709551615 18446744073709551615 100 20\n"
      "INLINE 6 99999999999 7 1 100 10\n");
}

TEST(SymbolText, UnwindRowsThatOverlap) {
  ExpectSameAnswersTo(
      "STACK CFI 100 .cfa: $rsp\nSTACK CFI INIT 100 80 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
      "STACK CFI 110 .cfa: $rsp 16 +\nSTACK CFI 108 $rbx: .cfa -16 + ^\nSTACK CFI INIT 120 10 .cfa: $rbp "
      ".ra: 8\n"
      "STACK CFI INIT 120 10 .cfa: $rbx .ra: 8\nSTACK CFI INIT 128 0 .cfa: 1 .ra: 2\nSTACK CFI 121 .ra: 1\n"
      "STACK CFI INIT 100 8 rubbish\nSTACK CFI 101 .cfa: 5\nSTACK CFI INIT zz 8 .cfa: 5\nSTACK CFI 102 .cfa: "
      "6\n"
      "STACK CFI INIT 180 fffffffff .cfa: $rsp .ra: 1\nSTACK CFI INIT 170 ffffffff .cfa: $rsp .ra: 3\n"
      "STACK  CFI\tINIT 190 8 .cfa: 9 .ra: 7\nFUNC 100 10 0 f\nSTACK CFI 191 .ra: .undef\nSTACK CFI INIT\n");
}

TEST(SymbolText, UnwindRowsAloneSayWhatCodeIs) {
  ExpectSameAnswersTo("STACK CFI INIT 100 80 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n");
  ExpectSameAnswersTo("STACK CFI INIT 100 80 rubbish\n");
  ExpectSameAnswersTo("PUBLIC ffffffffffffffff 0 last\n");
  ExpectSameAnswersTo("INFO nothing\n");
}

TEST(SymbolText, StackWinRecords) {
  ExpectSameAnswersTo(
      "STACK WIN 4 100 40 1 2 3 4 5 6 1 $T0 .raSearch = $eip $T0 ^ =\nSTACK WIN 4 110 8 0 0 0 0 0 0 1 $eip 1 "
      "=\n"
      "STACK WIN 4 110 20 0 0 0 0 0 0 1 $eip 2 =\nSTACK WIN 0 108 40 0 0 8 0 0 0 0 1\nSTACK WIN 4 130 8 0 0 "
      "0 0 0 0 0 1\n"
      "STACK WIN 0 0 ffffffff 0 0 0 0 0 0 0 0\nSTACK WIN 2 140 8 0 0 0 0 0 0 0 1\nSTACK WIN 0 ffffffff 8 0 0 "
      "0 0 0 0 0 1\n"
      "STACK WIN bad\nFUNC 100 40 c f\n");
}

TEST(SymbolText, BadLinesAreTheCompilersMatter) {
  ExpectSameAnswersTo(
      "rubbish\n100 8 1 0\nFUNC 100 20 0 f\nrubbish\n100 8 1 0\nFUNC zz 20 0 bad\n108 8 2 0\nFUNC\n110 8 2 "
      "0\n"
      "FUNC 120 20 0 g\nMODULE again\n FUNC 120 1 0 blank\n120 8 3 0\nFUNCTION 1\nFUNC\t128 8 0 tab\n128 4 1 "
      "0\n"
      "FUNC ffffffffffffffff 2 0 leaves\n128 4 5 0\nFUNC fffffffffffffff0 f 0 last\nPUBLIC 140\nPUBLIC 150 0 "
      "\n"
      "F00 10 1 0\nPUBLIC 10000000000000000 0 p\nFUNC 1000 fffffffffffff000 0 long\nFUNC 2000 ffffffff 0 "
      "four\n"
      "ffffffff000 10 77 0\n");
}

TEST(SymbolText, OtherCpus) {
  constexpr std::string_view kRecords =
      "PUBLIC 101 0 thumb\nFUNC 200 10 0 f\nSTACK CFI INIT 200 10 .cfa: sp 8 + .ra: lr\nPUBLIC 211 0 g\n";
  for (const std::string_view arch : {"arm", "arm64", "x86", "mips", "vax"}) {
    std::string file = "MODULE os ";
    file.append(arch).append(" 0123456789ABCDEF0123456789ABCDEF0 a b c\nINFO CODE_ID 12\n").append(kRecords);
    ExpectSameAnswers(file);
  }
}

TEST(SymbolText, LongNamesAreCut) {
  std::string records = "FUNC 100 20 0 ";
  records.append(kMaxNameBytes + 100000, 'f').append("\n100 8 1 0\nFILE 0 ");
  for (std::size_t i = 0; i < kMaxNameBytes / 2; ++i) records += "\u00e4";
  records.append("\u00e4\nPUBLIC 200 0 ").append(kMaxNameBytes + 1, 'p').append("\n");
  const std::string file = std::string(kModule).append(records);
  ExpectSameAnswers(file);
  const auto text = SymbolText::Open(base::AsBytes(file));
  EXPECT_EQ(text->Symbolize({0x100})->location.function.size(), kMaxNameBytes);
}

TEST(SymbolText, RefusesWhatTheCompilerRefuses) {
  for (const std::string_view file : {"", "FUNC 1 1 0 f\n", "MODULE a b c\n", "\xff\xfeM"}) {
    const auto text = SymbolText::Open(base::AsBytes(file));
    const auto compiled = CompileSymbolCache(base::AsBytes(file));
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error(), compiled.error());
  }
  ExpectSameAnswers(std::string("\xef\xbb\xbf").append(kModule).append("FUNC 10 10 0 f\n"));
}

TEST(SymbolText, AnswersNothingOfATextThatIsGone) {
  // Can be read until it is said to be gone.
  class GoingText final : public TextSource {
   public:
    explicit GoingText(std::string_view text, const bool& is_gone)
        : text_(base::AsBytes(text)), is_gone_(is_gone) {}
    std::uint64_t size() const override { return text_.size(); }
    bool Read(std::uint64_t offset, std::span<char> target) const override {
      return !is_gone_ && text_.Read(offset, target);
    }

   private:
    TextInMemory text_;
    const bool& is_gone_;
  };
  const std::string file = std::string(kModule).append(
      "FUNC 100 10 0 f\nFUNC 200 10 0 g\nSTACK CFI INIT 200 10 .cfa: $rsp .ra: 8\n");
  bool is_gone = false;
  const auto text = SymbolText::Open(std::make_unique<GoingText>(file, is_gone));
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->Symbolize({0x100})->location.function, "f");
  is_gone = true;
  EXPECT_FALSE(text->Symbolize({0x200}));
  EXPECT_FALSE(text->FindUnwindRow({0x200}));
  EXPECT_EQ(text->FindCode({0x200}), model::CodeAt::kFunction) << "the index knows";
  EXPECT_EQ(SymbolText::Open(std::make_unique<GoingText>(file, is_gone)).error().code, base::Code::kIo);
}

TEST(SymbolText, AnswersManyThreads) {
  std::string file(kModule);
  for (int i = 0; i < 400; ++i) {
    const std::string number = std::to_string(1000 + i * 10);
    file.append("FUNC ").append(number).append(" 10 0 f").append(number).append("\n");
  }
  const auto text = SymbolText::Open(base::AsBytes(file));
  ASSERT_TRUE(text.has_value());
  std::array<int, 4> right{};
  {
    std::vector<std::thread> threads;
    for (int& count : right) {
      threads.emplace_back([&] {
        for (std::uint64_t address = 0x1000; address < 0x1990; address += 8) {
          const auto name = text->Symbolize({address});
          if (name && name->location.function.starts_with("f1")) ++count;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  for (const int count : right) EXPECT_EQ(count, 198);
}

TEST(SymbolText, RealSymbolFilesAnswerAsTheirCaches) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: no real symbol files to read";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures)) {
    if (entry.path().extension() != ".sym") continue;
    SCOPED_TRACE(entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    ExpectSameAnswers(text, 200);
    ++files;
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace cairn::symfile
