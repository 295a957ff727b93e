#include "formats/native_unwind/x64_unwind_table.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "testing/pe_builder.h"
#include "testing/x64_unwind_builder.h"

namespace cairn::native {
namespace {

using testing::AppendX64Info;
using testing::ByteSink;
using testing::PeBuilder;
using testing::X64Code;
using testing::X64Info;
using Registers = std::vector<model::RegisterRule>;

constexpr std::uint32_t kInfoAddress = 0x2000;
const model::RegisterRule kKeepRsi = {model::kRsi, RegisterPlus(model::kRsi, 0)};
const model::RegisterRule kKeepRdi = {model::kRdi, RegisterPlus(model::kRdi, 0)};

model::RegisterRule SavedAt(model::RegisterIndex index, std::int64_t from_cfa) {
  return {index, LoadFrom(CfaPlus(from_cfa))};
}

// An image with code of nops at [0x1000, 0x1100), one function over [0x1010, 0x1080) and the unwind
// information given.
struct Image {
  explicit Image(const X64Info& info, std::vector<testing::X64FunctionRow> rows = {}) {
    ByteSink infos;
    AppendX64Info(infos, info);
    Build(infos.Take(),
          rows.empty() ? std::vector<testing::X64FunctionRow>{{0x1010, 0x1080, kInfoAddress}} : rows);
  }
  Image(std::vector<std::byte> infos, const std::vector<testing::X64FunctionRow>& rows) {
    Build(std::move(infos), rows);
  }

  void Build(std::vector<std::byte> infos, const std::vector<testing::X64FunctionRow>& rows) {
    ByteSink table;
    for (const auto& row : rows) table.U32(row.begin).U32(row.end).U32(row.unwind_info);
    PeBuilder builder;
    builder.AddSection(".text", 0x1000, std::vector<std::byte>(0x100, std::byte{0x90}));
    builder.AddSection(".xdata", kInfoAddress, std::move(infos));
    builder.AddSection(".pdata", 0x3000, table.bytes());
    builder.SetDirectory(PeBuilder::kExceptionEntry, 0x3000, table.size());
    bytes = builder.Build();
  }
  void PutCode(std::uint32_t address, std::string_view code) {
    const base::Bytes source = base::AsBytes(code);
    std::copy(source.begin(), source.end(), bytes.begin() + address - PeBuilder::kFileShift);
  }
  std::optional<model::UnwindRow> Row(std::uint64_t offset) const {
    const auto file = object::PeFile::Open(bytes);
    EXPECT_TRUE(file);
    return X64UnwindTable(*file).FindRow({offset});
  }

  std::vector<std::byte> bytes;
};

// push rbp; push rbx; sub rsp, 0x28
X64Info PushPushAllocate() {
  return {.prologue_size = 6, .codes = {X64Code(6, 2, 4), X64Code(2, 0, 3), X64Code(1, 0, 5)}};
}

TEST(X64UnwindTable, BodyTakesTheWholePrologueBack) {
  const auto row = Image(PushPushAllocate()).Row(0x1040);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kRsp, 0x28 + 8 + 8 + 8));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers,
            (Registers{SavedAt(model::kRbx, -24), SavedAt(model::kRbp, -16), kKeepRsi, kKeepRdi}));
  EXPECT_FALSE(row->is_signal_frame);
}

TEST(X64UnwindTable, PrologueTakesBackWhatHasRun) {
  const Image image(PushPushAllocate());
  EXPECT_EQ(image.Row(0x1010)->cfa, RegisterPlus(model::kRsp, 8));
  EXPECT_EQ(image.Row(0x1011)->cfa, RegisterPlus(model::kRsp, 16));
  EXPECT_EQ(image.Row(0x1012)->cfa, RegisterPlus(model::kRsp, 24));
  EXPECT_EQ(image.Row(0x1015)->cfa, RegisterPlus(model::kRsp, 24));
  EXPECT_EQ(image.Row(0x1016)->cfa, RegisterPlus(model::kRsp, 64));
}

TEST(X64UnwindTable, RowsOfAFunctionChangeWithItsPrologue) {
  const Image image(PushPushAllocate());
  const auto file = object::PeFile::Open(image.bytes);
  ASSERT_TRUE(file);
  const X64UnwindTable table(*file);
  const std::vector<dwarf::FrameRow> rows = table.Rows(table.function(0));
  ASSERT_EQ(rows.size(), 4u);
  std::uint64_t end = 0x1010;
  for (const dwarf::FrameRow& row : rows) {
    EXPECT_EQ(row.start.value, end);
    EXPECT_EQ(row.row, image.Row(row.start.value));
    end += row.size;
  }
  EXPECT_EQ(end, 0x1080u);
  EXPECT_TRUE(table.Rows({0x1010, 0x1080, 0x9000}).empty());
  EXPECT_TRUE(table.Rows({0x1080, 0x1010, kInfoAddress}).empty());
}

TEST(X64UnwindTable, LargeAllocationsAreScaledOrNot) {
  const Image scaled(X64Info{.codes = {X64Code(0, 1, 0), 0x200}});
  EXPECT_EQ(scaled.Row(0x1040)->cfa, RegisterPlus(model::kRsp, 0x1008));
  const Image unscaled(X64Info{.codes = {X64Code(0, 1, 1), 0x0010, 0x0020}});
  EXPECT_EQ(unscaled.Row(0x1040)->cfa, RegisterPlus(model::kRsp, 0x200018));
}

TEST(X64UnwindTable, FrameRegisterCountsOnceItIsSet) {
  // push rbp; sub rsp, 0x40; lea rbp, [rsp+0x20]; rsi saved at 0x30 from the frame's base.
  const Image image(
      X64Info{.prologue_size = 12,
              .frame_register = 5,
              .frame_offset = 2,
              .codes = {X64Code(12, 4, 6), 6, X64Code(10, 3, 0), X64Code(5, 2, 7), X64Code(1, 0, 5)}});
  EXPECT_EQ(image.Row(0x1018)->cfa, RegisterPlus(model::kRsp, 0x40 + 16));
  const auto row = image.Row(0x1040);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kRbp, 0x40 - 0x20 + 16));
  // 0x30 above the base that lies 0x50 below the CFA.
  EXPECT_EQ(row->registers, (Registers{SavedAt(model::kRsi, -0x20), SavedAt(model::kRbp, -16), kKeepRdi}));
}

TEST(X64UnwindTable, FarSavesAndVectorRegistersAreSkippedRight) {
  const Image image(X64Info{
      .codes = {X64Code(0, 8, 6), 1, X64Code(0, 9, 7), 0, 1, X64Code(0, 5, 3), 8, 0, X64Code(0, 2, 1)}});
  EXPECT_EQ(image.Row(0x1040)->registers, (Registers{SavedAt(model::kRbx, -16), kKeepRsi, kKeepRdi}));
}

TEST(X64UnwindTable, MachineFrameGivesTheInterruptedCode) {
  const Image image(
      X64Info{.codes = {X64Code(0, 2, 0), X64Code(0, 10, 1)}});  // sub rsp, 8; with an error code
  const auto row = image.Row(0x1040);
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->is_signal_frame);
  EXPECT_EQ(row->return_address, LoadFrom(RegisterPlus(model::kRsp, 16)));
  EXPECT_EQ(row->cfa, LoadFrom(RegisterPlus(model::kRsp, 16 + 24)));
}

TEST(X64UnwindTable, CodeWithoutARowIsALeaf) {
  const Image image(PushPushAllocate());
  EXPECT_EQ(image.Row(0x1000)->cfa, RegisterPlus(model::kRsp, 8));
  EXPECT_EQ(image.Row(0x1090)->registers, (Registers{kKeepRsi, kKeepRdi}));
  EXPECT_FALSE(image.Row(0x2000));  // Data.
  EXPECT_FALSE(image.Row(0x9999));
}

TEST(X64UnwindTable, ReturnSequenceIsReadFromTheCode) {
  Image image(PushPushAllocate());
  image.PutCode(0x1050, "\x48\x83\xc4\x28\x5b\x5d\xc3");  // add rsp, 0x28; pop rbx; pop rbp; ret
  EXPECT_EQ(image.Row(0x1050)->cfa, RegisterPlus(model::kRsp, 64));
  EXPECT_EQ(image.Row(0x1054)->cfa, RegisterPlus(model::kRsp, 24));
  EXPECT_EQ(image.Row(0x1054)->registers,
            (Registers{SavedAt(model::kRbx, -24), SavedAt(model::kRbp, -16), kKeepRsi, kKeepRdi}));
  EXPECT_EQ(image.Row(0x1056)->cfa, RegisterPlus(model::kRsp, 8));
}

TEST(X64UnwindTable, OnlyAJumpToAnotherFunctionEndsOne) {
  Image image(PushPushAllocate());
  image.PutCode(0x1050, std::string_view("\xe9\x00\x00\x00\x00", 5));  // To the next instruction.
  image.PutCode(0x1060, std::string_view("\xe9\x2b\x00\x00\x00", 5));  // To 0x1090, a leaf.
  EXPECT_EQ(image.Row(0x1050)->cfa, RegisterPlus(model::kRsp, 64));
  EXPECT_EQ(image.Row(0x1060)->cfa, RegisterPlus(model::kRsp, 8));
}

TEST(X64UnwindTable, JumpToAColdPartKeepsTheFrame) {
  ByteSink infos;
  AppendX64Info(infos, PushPushAllocate());
  const auto part = static_cast<std::uint32_t>(kInfoAddress + infos.size());
  AppendX64Info(infos, {.flags = 4, .chained = {0x1010, 0x1080, kInfoAddress}});
  Image image(infos.Take(), {{0x1010, 0x1080, kInfoAddress}, {0x1090, 0x10a0, part}});
  image.PutCode(0x1060, std::string_view("\xe9\x2b\x00\x00\x00", 5));  // To 0x1090.
  EXPECT_EQ(image.Row(0x1060)->cfa, RegisterPlus(model::kRsp, 64));
  EXPECT_EQ(image.Row(0x1090)->cfa, RegisterPlus(model::kRsp, 64));  // The part's row is the function's.
}

TEST(X64UnwindTable, VersionTwoSaysWhereEpiloguesAre) {
  // Epilogues of 6 bytes: one at the end, one 0x20 before it.
  X64Info info = PushPushAllocate();
  info.version = 2;
  info.codes.insert(info.codes.begin(), {X64Code(6, 6, 1), X64Code(0x20, 6, 0)});
  Image image(info);
  const std::string_view jump("\xe9\x00\x01\x00\x00", 5);
  image.PutCode(0x1060, jump);  // 0x1080 - 0x20
  image.PutCode(0x1050, jump);
  EXPECT_EQ(image.Row(0x1060)->cfa, RegisterPlus(model::kRsp, 8));
  EXPECT_EQ(image.Row(0x1050)->cfa, RegisterPlus(model::kRsp, 64));
  EXPECT_EQ(image.Row(0x1040)->cfa, RegisterPlus(model::kRsp, 64));
}

TEST(X64UnwindTable, ChainThatBitesItsTailGivesNoRow) {
  const Image image(
      X64Info{.flags = 4, .codes = {X64Code(0, 2, 1)}, .chained = {0x1010, 0x1080, kInfoAddress}});
  EXPECT_FALSE(image.Row(0x1040));
}

TEST(X64UnwindTable, BrokenInformationGivesNoRow) {
  EXPECT_FALSE(Image(X64Info{.version = 3}).Row(0x1040));
  EXPECT_FALSE(Image(X64Info{.codes = {X64Code(0, 11, 0)}}).Row(0x1040));
  EXPECT_FALSE(Image(X64Info{.codes = {X64Code(0, 1, 1), 1}}).Row(0x1040));  // Its operand is cut off.
  EXPECT_FALSE(Image(PushPushAllocate(), {{0x1010, 0x1080, 0xfffffffc}}).Row(0x1040));
}

}  // namespace
}  // namespace cairn::native
