#include "formats/native_unwind/binary_symbols.h"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "formats/object/elf_file.h"
#include "testing/compact_unwind_builder.h"
#include "testing/macho_builder.h"
#include "testing/pe_builder.h"
#include "testing/x64_unwind_builder.h"

namespace cairn::native {
namespace {

using model::CodeAt;
using testing::ByteSink;
using testing::MachOBuilder;
using testing::PeBuilder;

// One function over [0x1010, 0x1020) that allocates 0x28 bytes and is exported as "work".
std::vector<std::byte> WindowsImage() {
  ByteSink info;
  testing::AppendX64Info(info, {.codes = {testing::X64Code(0, 2, 4)}});
  ByteSink exports;
  exports.Zeros(20).U32(1).U32(1).U32(0x4028).U32(0x402c).U32(0x4030).U32(0x1010).U32(0x4034).U16(0).Zeros(2);
  exports.Text(std::string_view("work\0", 5));
  PeBuilder builder;
  builder.AddSection(".text", 0x1000, std::vector<std::byte>(0x40, std::byte{0x90}));
  builder.AddSection(".xdata", 0x2000, info.Take());
  builder.AddSection(".pdata", 0x3000, testing::X64FunctionTable({{0x1010, 0x1020, 0x2000}}));
  builder.AddSection(".edata", 0x4000, exports.Take());
  builder.SetDirectory(PeBuilder::kExceptionEntry, 0x3000, 12);
  builder.SetDirectory(PeBuilder::kExportEntry, 0x4000, 0x40);
  return builder.Build();
}

std::vector<std::byte> MacFile(std::uint32_t cpu, std::uint32_t encoding) {
  MachOBuilder builder;
  builder.cpu = cpu;
  builder.uuid = std::vector<std::byte>(16, std::byte(cpu == MachOBuilder::kAmd64 ? 0x11 : 0x22));
  builder.AddSection("__text", 0x400, std::vector<std::byte>(0x40, std::byte{0x90}));
  builder.AddSection("__unwind_info", 0x500,
                     testing::RegularUnwindInfo({{0x400, 0}, {0x410, encoding}}, 0x440));
  builder.AddSymbol("_main", 0x410);
  builder.AddSymbol("_last", 0x420);
  return builder.Build();
}

TEST(BinarySymbols, WindowsImageAnswers) {
  const std::vector<std::byte> bytes = WindowsImage();
  EXPECT_EQ(IdentifyBinary(bytes)->code_id, "5ab380779000");
  EXPECT_EQ(IdentifyBinary(bytes)->cpu, model::Cpu::kAmd64);
  const auto symbols = OpenBinary(bytes);
  ASSERT_TRUE(symbols);
  EXPECT_EQ((*symbols)->FindUnwindRow({0x1018})->cfa, RegisterPlus(model::kRsp, 0x30));
  EXPECT_EQ((*symbols)->FindCode({0x1018}), CodeAt::kFunction);
  EXPECT_EQ((*symbols)->FindCode({0x1030}), CodeAt::kUnknown);
  EXPECT_EQ((*symbols)->FindCode({0x2000}), CodeAt::kNothing);
  EXPECT_EQ((*symbols)->Symbolize({0x1018})->location.function, "work");
  EXPECT_FALSE((*symbols)->Symbolize({0x1030}));  // Behind the function's end.
  EXPECT_EQ((*symbols)->ReadCode({0x103e}, 16).size(), 2u);
}

TEST(BinarySymbols, MacFileAnswers) {
  const std::vector<std::byte> bytes = MacFile(MachOBuilder::kAmd64, 0x01000000);
  EXPECT_EQ(IdentifyBinary(bytes)->debug_id.text, "111111111111111111111111111111110");
  const auto symbols = OpenBinary(bytes);
  ASSERT_TRUE(symbols);
  EXPECT_EQ((*symbols)->FindUnwindRow({0x418})->cfa, RegisterPlus(model::kRbp, 16));
  EXPECT_EQ((*symbols)->FindUnwindRow({0x410})->cfa, RegisterPlus(model::kRsp, 8));  // Nothing has run yet.
  EXPECT_EQ((*symbols)->FindUnwindRow({0x420})->cfa, RegisterPlus(model::kRsp, 8));  // Nor of its neighbour.
  EXPECT_FALSE((*symbols)->FindUnwindRow({0x408}));                                  // No unwind information.
  EXPECT_EQ((*symbols)->FindCode({0x418}), CodeAt::kFunction);
  EXPECT_EQ((*symbols)->FindCode({0x408}), CodeAt::kUnknown);
  EXPECT_EQ((*symbols)->FindCode({0x500}), CodeAt::kNothing);
  EXPECT_EQ((*symbols)->Symbolize({0x418})->location.function, "_main");
  EXPECT_EQ((*symbols)->Symbolize({0x43f})->location.function, "_last");
  EXPECT_FALSE((*symbols)->Symbolize({0x408}));
  EXPECT_EQ((*symbols)->ReadCode({0x410}, 4).size(), 4u);
}

TEST(BinarySymbols, FatFileIsChosenFromByCpu) {
  const std::vector<std::byte> bytes =
      testing::MakeFatFile({{MachOBuilder::kAmd64, MacFile(MachOBuilder::kAmd64, 0x01000000)},
                            {MachOBuilder::kArm64, MacFile(MachOBuilder::kArm64, 0x04000000)}});
  EXPECT_EQ(IdentifyBinary(bytes)->cpu, model::Cpu::kAmd64);
  EXPECT_EQ(IdentifyBinary(bytes, model::Cpu::kArm64)->code_id, "22222222222222222222222222222222");
  const auto symbols = OpenBinary(bytes, model::Cpu::kArm64);
  ASSERT_TRUE(symbols);
  EXPECT_EQ((*symbols)->FindUnwindRow({0x430})->cfa, RegisterPlus(model::kArm64Fp, 16));
  EXPECT_EQ(OpenBinary(bytes, model::Cpu::kX86).error().code, base::Code::kNotFound);
}

TEST(BinarySymbols, OwnProgramAnswers) {
  std::ifstream stream("/proc/self/exe", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  const base::Bytes bytes = base::AsBytes(text);
  const auto identity = IdentifyBinary(bytes);
  ASSERT_TRUE(identity);
  EXPECT_GE(identity->debug_id.text.size(), 33u);
  const auto symbols = OpenBinary(bytes);
  ASSERT_TRUE(symbols);
  const auto file = object::ElfFile::Open(bytes);
  for (const object::ElfSymbol& symbol : file->FunctionSymbols()) {
    if (symbol.name != "main") continue;
    EXPECT_EQ((*symbols)->Symbolize(symbol.offset)->location.function, "main");
    EXPECT_TRUE((*symbols)->FindUnwindRow(symbol.offset));
    EXPECT_EQ((*symbols)->ReadCode(symbol.offset, 8).size(), 8u);
  }
}

TEST(BinarySymbols, OtherFilesAreRefused) {
  EXPECT_EQ(OpenBinary({}).error().code, base::Code::kBadMagic);
  EXPECT_EQ(IdentifyBinary(base::AsBytes("#!/bin/sh")).error().code, base::Code::kBadMagic);
  PeBuilder builder;
  builder.machine = 0x200;  // Itanium.
  const std::vector<std::byte> bytes = builder.Build();
  EXPECT_EQ(OpenBinary(bytes).error().code, base::Code::kUnsupported);
}

}  // namespace
}  // namespace cairn::native
