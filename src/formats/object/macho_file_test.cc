#include "formats/object/macho_file.h"

#include <string>

#include <gtest/gtest.h>

#include "testing/macho_builder.h"

namespace cairn::object {
namespace {

using testing::MachOBuilder;

std::vector<std::byte> BytesOf(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

MachOBuilder SampleFile() {
  MachOBuilder builder;
  builder.uuid = BytesOf(
      {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff});
  builder.function_starts = BytesOf({0x80, 0x08, 0x10, 0x00, 0x01});  // 0x400, 0x410, the end.
  builder.AddSection("__text", 0x400, std::vector<std::byte>(0x40, std::byte{0x90}));
  builder.AddSection("__const", 0x500, std::vector<std::byte>(8));
  builder.AddSymbol("_main", 0x400);
  builder.AddSymbol("_debugging_record", 0x404, 0x24);
  builder.AddSymbol("_local", 0x410, 0x0e);
  builder.AddSymbol("_undefined", 0, 0x01);
  return builder;
}

void ExpectSampleFile(const MachOBuilder& builder) {
  const std::vector<std::byte> bytes = builder.Build();
  const auto file = MachOFile::Open(bytes);
  ASSERT_TRUE(file) << base::Describe(file.error());
  EXPECT_EQ(file->is_64_bit(), builder.wide);
  EXPECT_EQ(file->byte_order(), builder.order);
  EXPECT_EQ(file->debug_id().text, "00112233445566778899AABBCCDDEEFF0");
  EXPECT_EQ(file->code_id(), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(file->load_base(), builder.base);
  ASSERT_EQ(file->sections().size(), 2u);
  EXPECT_TRUE(file->sections()[0].code);
  EXPECT_EQ(file->sections()[0].bytes.size(), 0x40u);
  EXPECT_FALSE(file->sections()[1].code);
  ASSERT_NE(file->FindSection("__TEXT", "__const"), nullptr);
  EXPECT_EQ(file->BytesAt({0x43f})[0], std::byte{0x90});
  EXPECT_TRUE(file->BytesAt({0x100000}).empty());
  EXPECT_EQ(file->FunctionStarts(), (std::vector<model::ModuleOffset>{{0x400}, {0x410}}));
  const std::vector<MachOSymbol> symbols = file->Symbols();
  ASSERT_EQ(symbols.size(), 2u);
  EXPECT_EQ(symbols[0].name, "_main");
  EXPECT_EQ(symbols[0].offset.value, 0x400u);
  EXPECT_TRUE(symbols[0].external);
  EXPECT_EQ(symbols[1].name, "_local");
  EXPECT_FALSE(symbols[1].external);
}

TEST(MachOFile, WideFileTellsItsIdSectionsAndSymbols) { ExpectSampleFile(SampleFile()); }

TEST(MachOFile, NarrowFileTellsTheSame) {
  MachOBuilder builder = SampleFile();
  builder.wide = false;
  builder.base = 0x1000;
  ExpectSampleFile(builder);
}

TEST(MachOFile, BigEndianFileTellsTheSame) {
  MachOBuilder builder = SampleFile();
  builder.wide = false;
  builder.order = std::endian::big;
  builder.cpu = MachOBuilder::kPpc;
  builder.base = 0x1000;
  ExpectSampleFile(builder);
}

TEST(MachOFile, FatFileHasOneSlicePerCpu) {
  MachOBuilder arm = SampleFile();
  arm.cpu = MachOBuilder::kArm64;
  const std::vector<std::byte> fat = testing::MakeFatFile(
      {{MachOBuilder::kAmd64, SampleFile().Build()}, {MachOBuilder::kArm64, arm.Build()}});
  const auto slices = MachOSlices(fat);
  ASSERT_TRUE(slices);
  ASSERT_EQ(slices->size(), 2u);
  EXPECT_EQ((*slices)[0].cpu, model::Cpu::kAmd64);
  EXPECT_EQ((*slices)[1].cpu, model::Cpu::kArm64);
  EXPECT_EQ(MachOFile::Open((*slices)[1].bytes)->cpu(), model::Cpu::kArm64);
  // The second member is cut off: the first is still there.
  const auto cut = MachOSlices(base::Bytes(fat).first(fat.size() - 1));
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->size(), 1u);
}

TEST(MachOFile, ThinFileIsItsOwnSlice) {
  const std::vector<std::byte> bytes = SampleFile().Build();
  const auto slices = MachOSlices(bytes);
  ASSERT_TRUE(slices);
  ASSERT_EQ(slices->size(), 1u);
  EXPECT_EQ((*slices)[0].cpu, model::Cpu::kAmd64);
  EXPECT_EQ((*slices)[0].bytes.size(), bytes.size());
}

TEST(MachOFile, JavaClassIsNoFatFile) {
  testing::ByteSink java(std::endian::big);
  java.U32(0xcafebabe).U16(0).U16(52).Zeros(100);
  EXPECT_EQ(MachOSlices(java.bytes()).error().code, base::Code::kBadMagic);
}

TEST(MachOFile, OtherFilesAreRefused) {
  EXPECT_EQ(MachOFile::Open({}).error().code, base::Code::kBadMagic);
  EXPECT_EQ(MachOSlices(base::AsBytes("MZ..")).error().code, base::Code::kBadMagic);
}

TEST(MachOFile, SectionOutsideItsSegmentHasNoBytes) {
  std::vector<std::byte> bytes = SampleFile().Build();
  // filesize of __TEXT becomes zero, as in a dSYM.
  std::fill_n(bytes.begin() + 32 + 8 + 16 + 24, 8, std::byte{0});
  const auto file = MachOFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->sections()[0].bytes.empty());
  EXPECT_TRUE(file->BytesAt({0x400}).empty());
  EXPECT_EQ(file->Symbols().size(), 2u);
}

TEST(MachOFile, EveryTruncationIsReadSafely) {
  const std::vector<std::byte> bytes = SampleFile().Build();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // A copy, so that a sanitizer sees reads past its end.
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto file = MachOFile::Open(cut);
    if (!file) continue;
    EXPECT_LE(file->Symbols().size(), 2u);
    EXPECT_LE(file->FunctionStarts().size(), 2u);
  }
}

}  // namespace
}  // namespace cairn::object
