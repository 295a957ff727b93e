#include "formats/symfile/text_index.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

constexpr std::string_view kModule = "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a.out\n";

TextIndex IndexOf(std::string_view text, const TextIndexOptions& options = {}) {
  const auto header = ReadSymbolFileHeader(base::AsBytes(text));
  EXPECT_TRUE(header.has_value());
  const auto index = IndexSymbolText(TextInMemory(base::AsBytes(text)), *header, options);
  EXPECT_TRUE(index.has_value());
  return *index;
}

std::vector<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>> TuplesOf(
    std::span<const RecordPlace> places) {
  std::vector<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>> tuples;
  for (const RecordPlace& place : places) tuples.emplace_back(place.key, place.offset, place.size);
  return tuples;
}

TEST(TextIndex, HoldsWhatTheCompilerWouldUse) {
  const std::string text = std::string(kModule).append(
      "FUNC 20 10 0 f\r\nFUNC zz 1 0 bad\nFUNC ffffffffffffffff 2 0 leaves\nFUNC 10 8 0\nFUNC\n"
      "PUBLIC 8 0 p\nPUBLIC 9 0\nSTACK CFI INIT 40 0 .cfa: $rsp\nSTACK CFI INIT 40 8 .cfa: $rsp\n"
      "STACK CFI INIT 50 8 rubbish\nSTACK CFI 41 .cfa: $rsp\nFILE 3 a.c\nFILE x\nINLINE_ORIGIN 7 g\n"
      "STACK WIN 4 60 8 0 0 0 0 0 0 1 $eip 4 =\nSTACK WIN 0 60 8 0 0 0 0 0 0 0 1\n"
      "STACK WIN 0 ffffffff 8 0 0 0 0 0 0 0 1");
  const TextIndex index = IndexOf(text);
  const auto offset = [&](std::string_view line) { return static_cast<std::uint32_t>(text.find(line)); };
  using Places = std::vector<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>>;
  EXPECT_EQ(TuplesOf(index.symbols.places()),
            (Places{{8, offset("PUBLIC 8"), 0}, {16, offset("FUNC 10"), 8}, {32, offset("FUNC 20"), 16}}));
  EXPECT_EQ(TuplesOf(index.cfi_ranges.places()), (Places{{64, offset("STACK CFI INIT 40 8"), 8}}));
  EXPECT_EQ(TuplesOf(index.files), (Places{{3, offset("FILE 3"), 0}}));
  EXPECT_EQ(TuplesOf(index.origins), (Places{{7, offset("INLINE_ORIGIN 7"), 0}}));
  EXPECT_EQ(TuplesOf(index.frame_data), (Places{{96, offset("STACK WIN 4"), 8}}));
  EXPECT_EQ(TuplesOf(index.fpo), (Places{{96, offset("STACK WIN 0"), 8}}));
  EXPECT_TRUE(index.has_symbols);
  EXPECT_EQ(index.bytes(), 8 * sizeof(RecordPlace) + 2 * 2 * sizeof(std::uint64_t));
}

// Each number of threads, and pieces that end at every place of a line.
TEST(TextIndex, IsTheSameHoweverItIsRead) {
  std::string text(kModule);
  for (int i = 0; i < 3000; ++i) {
    const std::string number = std::to_string(1000 + i * 7919 % 3000);
    text.append("FUNC ").append(number).append(" 20 0 f\n").append(number).append(" 10 1 1\n");
    text.append("STACK CFI INIT ")
        .append(number)
        .append(" 10 .cfa: $rsp\nFILE ")
        .append(number)
        .append(" a\n");
    text.append("PUBLIC ").append(number).append(" 0 p\n");
  }
  const TextIndex one = IndexOf(text, {.threads = 1});
  for (std::size_t threads = 1; threads < 100; threads += 9) {
    const TextIndex many = IndexOf(text, {.threads = threads, .piece_bytes = threads});
    EXPECT_EQ(TuplesOf(one.symbols.places()), TuplesOf(many.symbols.places()));
    EXPECT_EQ(TuplesOf(one.cfi_ranges.places()), TuplesOf(many.cfi_ranges.places()));
    EXPECT_EQ(TuplesOf(one.files), TuplesOf(many.files));
  }
  EXPECT_EQ(one.symbols.places().size(), 6000u);
}

TEST(TextIndex, NeedsTheWholeText) {
  // Ends earlier than it says.
  class CutText final : public TextSource {
   public:
    std::uint64_t size() const override { return kModule.size() + 100; }
    bool Read(std::uint64_t offset, std::span<char> target) const override {
      return TextInMemory(base::AsBytes(kModule)).Read(offset, target);
    }
  };
  const auto header = ReadSymbolFileHeader(base::AsBytes(kModule));
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(IndexSymbolText(CutText(), *header).error().code, base::Code::kIo);
  EXPECT_EQ(IndexSymbolText(CutText(), *header, {.threads = 3, .piece_bytes = 8}).error().code,
            base::Code::kIo);
}

TEST(TextIndex, PublicsOfArmLoseTheModeBit) {
  const TextIndex index = IndexOf("MODULE x arm 0123456789ABCDEF0123456789ABCDEF0 a\nPUBLIC 11 0 p\n");
  ASSERT_EQ(index.symbols.places().size(), 1u);
  EXPECT_EQ(index.symbols.places()[0].key, 0x10u);
}

TEST(TextIndex, LastAddressHasNoRoomForASymbol) {
  EXPECT_FALSE(IndexOf(std::string(kModule) + "PUBLIC ffffffffffffffff 0 p\n").has_symbols);
}

}  // namespace
}  // namespace cairn::symfile
