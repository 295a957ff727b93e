#include "formats/symfile/symbol_header.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

base::Result<SymbolFileHeader> Read(std::string_view text) {
  return ReadSymbolFileHeader(base::AsBytes(text));
}

TEST(SymbolHeader, ReadsModuleAndInfo) {
  const auto header = Read(
      "MODULE windows x86_64 0123456789abcdef0123456789abcdef12 my game.pdb\r\n"
      "INFO CODE_ID 5FF69A719A000 my game.exe\r\n\r\nINFO GENERATOR mozilla/dump_syms 2.1.0\r\nINFO NEW "
      "thing\r\n"
      "FILE 0 a.c\r\nINFO CODE_ID LATE\r\n");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->os, "windows");
  EXPECT_EQ(header->arch, "x86_64");
  EXPECT_EQ(header->debug_id.text, "0123456789ABCDEF0123456789ABCDEF12");
  EXPECT_EQ(header->debug_file, "my game.pdb");
  EXPECT_EQ(header->code_id, "5FF69A719A000");
  EXPECT_EQ(header->code_file, "my game.exe");
  EXPECT_EQ(header->generator, "mozilla/dump_syms 2.1.0");
}

TEST(SymbolHeader, ModuleAloneIsEnough) {
  const auto header = Read("\xef\xbb\xbfMODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF a");
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->debug_id.text, "0123456789ABCDEF0123456789ABCDEF0") << "no age is age 0";
  EXPECT_EQ(header->debug_file, "a");
  EXPECT_EQ(header->code_id, "");
}

TEST(SymbolHeader, SaysWhyNot) {
  EXPECT_EQ(Read("").error().code, base::Code::kBadMagic);
  EXPECT_EQ(Read("<html>MODULE</html>").error().code, base::Code::kBadMagic);
  EXPECT_EQ(Read("\nMODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a").error().code,
            base::Code::kBadMagic);
  EXPECT_EQ(Read("MODULE Linux x86_64 0123 a").error().code, base::Code::kBadValue);
  EXPECT_EQ(Read("MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0").error().code,
            base::Code::kBadValue);
  EXPECT_EQ(Read(std::string_view("\xff\xfeM\0O\0", 6)).error().code, base::Code::kUnsupported);
}

TEST(SymbolHeader, OfASourceIsTheSameAndNoMoreIsRead) {
  // Says what lies behind the last of what was read.
  class WatchedText final : public TextSource {
   public:
    explicit WatchedText(std::string_view text) : text_(base::AsBytes(text)) {}
    std::uint64_t size() const override { return text_.size(); }
    bool Read(std::uint64_t offset, std::span<char> target) const override {
      end = std::max(end, offset + target.size());
      return text_.Read(offset, target);
    }
    mutable std::uint64_t end = 0;

   private:
    TextInMemory text_;
  };
  const std::string head =
      "\xef\xbb\xbfMODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 a b\r\n\n \r\nINFO CODE_ID 12 c\r\n"
      "INFO\tGENERATOR me 1\n";
  const std::string text = head + "FUNC 1 1 0 f\nINFO CODE_ID 99\n" + std::string(100'000, 'x');
  const WatchedText watched(text);
  for (const auto& header : {ReadSymbolFileHeader(watched), ReadSymbolFileHeader(base::AsBytes(text)),
                             ReadSymbolFileHeader(TextInMemory(base::AsBytes(head)))}) {
    ASSERT_TRUE(header.has_value());
    EXPECT_EQ(header->debug_file, "a b");
    EXPECT_EQ(header->code_id, "12");
    EXPECT_EQ(header->code_file, "c");
    EXPECT_EQ(header->generator, "me 1");
  }
  EXPECT_LT(watched.end, 2000u);
  EXPECT_EQ(ReadSymbolFileHeader(TextInMemory({})).error(), ReadSymbolFileHeader(base::Bytes()).error());
}

TEST(SymbolHeader, KnowsTheNamesOfCpus) {
  EXPECT_EQ(CpuOfArch("x86_64"), model::Cpu::kAmd64);
  EXPECT_EQ(CpuOfArch("x86_64h"), model::Cpu::kAmd64);
  EXPECT_EQ(CpuOfArch("arm64e"), model::Cpu::kArm64);
  EXPECT_EQ(CpuOfArch("arm"), model::Cpu::kArm);
  EXPECT_EQ(CpuOfArch("vax"), model::Cpu::kUnknown);
}

}  // namespace
}  // namespace cairn::symfile
