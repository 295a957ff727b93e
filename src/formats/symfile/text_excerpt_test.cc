#include "formats/symfile/text_excerpt.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

constexpr std::string_view kModule = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";
constexpr std::string_view kHead = "MODULE excerpt x86_64 000000000000000000000000000000000 excerpt\n";

class TextExcerpt : public testing::Test {
 protected:
  const ExcerptMaker& MakerOf(std::string records) {
    text_ = std::string(kModule).append(records);
    const auto header = ReadSymbolFileHeader(base::AsBytes(text_));
    source_.emplace(base::AsBytes(text_));
    index_ = *IndexSymbolText(*source_, *header);
    maker_.emplace(*source_, "x86_64", index_);
    return *maker_;
  }

  // The excerpt without its head; "none" for none.
  static std::string Body(const std::optional<std::string>& excerpt) {
    if (!excerpt) return "none";
    EXPECT_TRUE(excerpt->starts_with(kHead)) << *excerpt;
    return excerpt->substr(std::min(kHead.size(), excerpt->size()));
  }

  std::string text_;
  std::optional<TextInMemory> source_;
  TextIndex index_;
  std::optional<ExcerptMaker> maker_;
};

TEST_F(TextExcerpt, HoldsOnlyWhatCoversTheAddress) {
  const ExcerptMaker& maker = MakerOf(
      "FILE 0 a.c\nFILE 1 b.c\nFILE 1 c.c\nFILE 2 d.c\nINLINE_ORIGIN 4 g\nINLINE_ORIGIN 5 h\n"
      "FUNC 10 20 0 f\nINLINE 0 7 2 4 10 4 18 8\nINLINE 0 7 0 5 14 4\n10 8 1 0\nPUBLIC 12 0 p\n18 8 2 1\n"
      "STACK CFI INIT 10 20 .cfa: $rsp\n18 1 3 9\nFUNC 30 10 0 next\n18 8 2 1\n");
  EXPECT_EQ(Body(maker.SymbolsAt(0x18)),
            "FUNC 10 20 0 f\nINLINE 0 7 0 0 18 8\n18 8 2 1\n18 1 3 2\nFILE 0 d.c\nFILE 1 c.c\n"
            "INLINE_ORIGIN 0 -1 g\n")
      << "ids are numbered anew";
  EXPECT_EQ(Body(maker.SymbolsAt(0x30)), "FUNC 30 10 0 next\n");
  EXPECT_EQ(Body(maker.SymbolsAt(0x0f)), "none");
}

TEST_F(TextExcerpt, LinesBehindABadFunctionBelongToNone) {
  EXPECT_EQ(Body(MakerOf("FUNC 10 20 0 f\nFUNC zz\n10 8 1 0\n").SymbolsAt(0x10)), "FUNC 10 20 0 f\n");
}

TEST_F(TextExcerpt, PublicReachesToTheNextSymbol) {
  const ExcerptMaker& maker = MakerOf("PUBLIC 10 0 p\nPUBLIC 10 0 q\nFUNC 20 4 0 f\nPUBLIC 20 0 r\n");
  EXPECT_EQ(Body(maker.SymbolsAt(0x1f)), "PUBLIC 10 0 p\nPUBLIC 10 0 q\n");
  EXPECT_EQ(Body(maker.SymbolsAt(0x20)), "FUNC 20 4 0 f\n");
  EXPECT_EQ(Body(maker.SymbolsAt(0x24)), "none");
}

TEST_F(TextExcerpt, UnwindRowsHaveTheirChanges) {
  const ExcerptMaker& maker = MakerOf(
      "STACK CFI INIT 10 20 .cfa: $rsp\nSTACK CFI 11 .cfa: $rbp\nPUBLIC 1 0 p\nSTACK CFI INIT zz\n"
      "STACK CFI 12 $rbx: 4\nSTACK CFI INIT 30 8 .cfa: $rsp\nSTACK CFI 13 $rbp: 4\n");
  EXPECT_EQ(Body(maker.UnwindRowsAt(0x1f)),
            "STACK CFI INIT 10 20 .cfa: $rsp\nSTACK CFI 11 .cfa: $rbp\nSTACK CFI 12 $rbx: 4\n");
  EXPECT_EQ(Body(maker.UnwindRowsAt(0x40)), "none");
}

TEST_F(TextExcerpt, StackWinRecordsComeWithTheNext) {
  const std::string a = "STACK WIN 4 10 20 0 0 0 0 0 0 1 $eip 4 =\n";
  const std::string b = "STACK WIN 4 18 20 0 0 0 0 0 0 1 $eip 8 =\n";
  const std::string c = "STACK WIN 0 14 20 0 0 0 0 0 0 0 1\n";
  const ExcerptMaker& maker = MakerOf(a + b + c);
  EXPECT_EQ(Body(maker.StackWinAt(0x12)), a + b + c);
  EXPECT_EQ(Body(maker.StackWinAt(0x18)), b + c);
  EXPECT_EQ(Body(maker.StackWinAt(0xf)), "none");
}

TEST_F(TextExcerpt, OfManyOverlapsSomeAreTaken) {
  std::string functions;
  for (int i = 0; i < 100; ++i) functions += "FUNC 10 20 0 f\n";
  const std::optional<std::string> excerpt = MakerOf(functions).SymbolsAt(0x10);
  EXPECT_EQ(Body(excerpt).size(), kMaxCovering * std::string_view("FUNC 10 20 0 f\n").size());
}

TEST_F(TextExcerpt, IsBounded) {
  std::string rows = "FUNC 10 20 0 f\n";
  while (rows.size() < kMaxExcerptBytes) rows += "10 8 1 0\n10 8 2 0\n10 8 3 0\n10 8 4 0\n";
  EXPECT_EQ(Body(MakerOf(rows).SymbolsAt(0x10)), "none");
  EXPECT_EQ(Body(maker_->SymbolsAt(0x18)), "FUNC 10 20 0 f\n");
}

}  // namespace
}  // namespace cairn::symfile
