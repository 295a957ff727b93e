#include "formats/object/pe_file.h"

#include <string>

#include <gtest/gtest.h>

#include "testing/pe_builder.h"

namespace cairn::object {
namespace {

using testing::ByteSink;
using testing::PeBuilder;

// "RSDS", the GUID 00112233-4455-6677-8899-aabbccddeeff, age 0x1a.
std::vector<std::byte> DebugRecord() {
  ByteSink sink;
  sink.Text("RSDS").U32(0x00112233).U16(0x4455).U16(0x6677);
  for (int byte = 0x88; byte <= 0xff; byte += 0x11) sink.U8(static_cast<std::uint8_t>(byte));
  return sink.U32(0x1a).Text(std::string_view("C:\\a\\b.pdb\0", 11)).Take();
}

// Two names at 0x3000: "First" at 0x1010, and "Second", which other.dll provides.
std::vector<std::byte> ExportSection() {
  ByteSink sink;
  sink.Zeros(20).U32(2).U32(2).U32(0x3028).U32(0x3030).U32(0x3038);  // The directory has 40 bytes.
  sink.U32(0x3050).U32(0x1010);                                      // Functions by ordinal.
  sink.U32(0x3040).U32(0x3046);                                      // Names.
  sink.U16(1).U16(0).Zeros(4);                                       // Their ordinals.
  return sink.Text(std::string_view("First\0Second\0\0\0\0other.Third\0", 28)).Take();
}

PeBuilder SampleImage() {
  PeBuilder builder;
  builder.AddSection(".text", 0x1000, std::vector<std::byte>(0x100, std::byte{0xcc}));
  builder.AddSection(".rdata", 0x3000, ExportSection());
  builder.AddSection(".pdata", 0x4000, std::vector<std::byte>(24, std::byte{1}));
  builder.AddDebugRecord(0x5000, DebugRecord());
  builder.SetDirectory(PeBuilder::kExportEntry, 0x3000, 0x60);
  builder.SetDirectory(PeBuilder::kExceptionEntry, 0x4000, 24);
  return builder;
}

void ExpectSampleImage(const PeBuilder& builder) {
  const std::vector<std::byte> bytes = builder.Build();
  const auto file = PeFile::Open(bytes);
  ASSERT_TRUE(file) << base::Describe(file.error());
  EXPECT_EQ(file->debug_id().text, "00112233445566778899AABBCCDDEEFF1a");
  EXPECT_EQ(file->debug_file(), "C:\\a\\b.pdb");
  EXPECT_EQ(file->code_id(), "5ab380779000");
  EXPECT_EQ(file->image_base(), builder.image_base);
  ASSERT_EQ(file->sections().size(), 4u);
  EXPECT_TRUE(file->sections()[0].executable);
  EXPECT_FALSE(file->sections()[1].executable);
  EXPECT_EQ(file->ExceptionDirectory().size(), 24u);
  ASSERT_EQ(file->Exports().size(), 1u);
  EXPECT_EQ(file->Exports()[0].name, "First");
  EXPECT_EQ(file->Exports()[0].offset.value, 0x1010u);
}

TEST(PeFile, WideImageTellsItsIdsSectionsAndExports) {
  ExpectSampleImage(SampleImage());
  const std::vector<std::byte> bytes = SampleImage().Build();
  EXPECT_EQ(PeFile::Open(bytes)->cpu(), model::Cpu::kAmd64);
}

TEST(PeFile, NarrowImageTellsTheSame) {
  PeBuilder builder = SampleImage();
  builder.wide = false;
  builder.machine = 0x14c;
  builder.image_base = 0x400000;
  ExpectSampleImage(builder);
  const std::vector<std::byte> bytes = builder.Build();
  EXPECT_EQ(PeFile::Open(bytes)->cpu(), model::Cpu::kX86);
}

TEST(PeFile, BytesEndWithTheirSection) {
  const std::vector<std::byte> bytes = SampleImage().Build();
  const auto file = PeFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->BytesAt({0x10f0}).size(), 0x10u);
  EXPECT_EQ(file->BytesAt({0x10f0})[0], std::byte{0xcc});
  EXPECT_TRUE(file->BytesAt({0x1100}).empty());
  EXPECT_EQ(base::AsText(file->BytesAt({0}).first(2)), "MZ");
  EXPECT_TRUE(file->BytesAt({0xffffffffffffffff}).empty());
}

TEST(PeFile, ImageWithoutDebugRecordHasItsCodeId) {
  PeBuilder builder;
  builder.timestamp = 0x12;
  builder.AddSection(".text", 0x1000, std::vector<std::byte>(16));
  const std::vector<std::byte> bytes = builder.Build();
  const auto file = PeFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->debug_id().empty());
  EXPECT_EQ(file->code_id(), "000000129000");
  EXPECT_TRUE(file->Exports().empty());
  EXPECT_TRUE(file->ExceptionDirectory().empty());
}

TEST(PeFile, DirectoryOutsideTheFileReadsAsAbsent) {
  PeBuilder builder;
  builder.AddSection(".text", 0x1000, std::vector<std::byte>(16));
  builder.SetDirectory(PeBuilder::kExportEntry, 0xfffffff0, 0x60);
  builder.SetDirectory(PeBuilder::kExceptionEntry, 0x1008, 0xffffffff);
  builder.SetDirectory(PeBuilder::kDebugEntry, 0x2000, 28);
  const std::vector<std::byte> bytes = builder.Build();
  const auto file = PeFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->Exports().empty());
  EXPECT_EQ(file->ExceptionDirectory().size(), 8u);
  EXPECT_TRUE(file->debug_id().empty());
}

TEST(PeFile, LongSectionNameStandsInTheStringTable) {
  PeBuilder builder;
  builder.AddSection("/4", 0x1000, std::vector<std::byte>(16));
  std::vector<std::byte> bytes = builder.Build();
  // PointerToSymbolTable: behind the image, with no symbols.
  ByteSink place;
  place.U32(static_cast<std::uint32_t>(bytes.size()));
  std::copy(place.bytes().begin(), place.bytes().end(), bytes.begin() + 0x80 + 4 + 8);
  ByteSink strings;
  strings.U32(14).Text(std::string_view(".eh_frame\0", 10));
  bytes.insert(bytes.end(), strings.bytes().begin(), strings.bytes().end());
  const auto file = PeFile::Open(bytes);
  ASSERT_TRUE(file);
  EXPECT_NE(file->FindSection(".eh_frame"), nullptr);
}

TEST(PeFile, OtherFilesAreRefused) {
  EXPECT_EQ(PeFile::Open({}).error().code, base::Code::kBadMagic);
  const std::string dos = "MZ" + std::string(100, '\0');
  EXPECT_EQ(PeFile::Open(base::AsBytes(dos)).error().code, base::Code::kBadMagic);
}

TEST(PeFile, EveryTruncationIsReadSafely) {
  const std::vector<std::byte> bytes = SampleImage().Build();
  for (std::size_t size = 0; size < bytes.size(); size += size < 0x400 ? 1 : 7) {
    // A copy, so that a sanitizer sees reads past its end.
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto file = PeFile::Open(cut);
    if (!file) continue;
    (void)file->Exports();
    EXPECT_LE(file->ExceptionDirectory().size(), 24u);
  }
}

TEST(PeFile, FunctionsOfTheSymbolTableHaveShortAndLongNames) {
  constexpr std::uint16_t kFunction = 0x20;
  PeBuilder builder = SampleImage();
  builder.AddSymbol("short_fn", 0x10, 1, kFunction, 2);
  builder.AddSymbol("a_name_of_more_than_eight", 0x20, 1, kFunction, 3);
  builder.AddSymbol("data", 0x30, 2, 0, 2);
  builder.AddSymbol("nowhere", 0x30, 99, kFunction, 2);
  builder.AddSymbol("absolute", 0x30, 0xffff, kFunction, 2);
  const std::vector<std::byte> bytes = builder.Build();
  const auto file = PeFile::Open(bytes);
  ASSERT_TRUE(file);
  const std::vector<PeSymbol> symbols = file->FunctionSymbols();
  ASSERT_EQ(symbols.size(), 2u);
  EXPECT_EQ(symbols[0].name, "short_fn");
  EXPECT_EQ(symbols[0].offset.value, 0x1010u);
  EXPECT_TRUE(symbols[0].external);
  EXPECT_EQ(symbols[1].name, "a_name_of_more_than_eight");
  EXPECT_FALSE(symbols[1].external);
  const std::vector<std::byte> without = SampleImage().Build();
  EXPECT_TRUE(PeFile::Open(without)->FunctionSymbols().empty());
}

}  // namespace
}  // namespace cairn::object
