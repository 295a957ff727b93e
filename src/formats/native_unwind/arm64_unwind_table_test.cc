#include "formats/native_unwind/arm64_unwind_table.h"

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "testing/pe_builder.h"

namespace cairn::native {
namespace {

using testing::ByteSink;
using testing::PeBuilder;
using Registers = std::vector<model::RegisterRule>;

model::RegisterRule SavedAt(model::RegisterIndex index, std::int64_t from_cfa) {
  return {index, LoadFrom(CfaPlus(from_cfa))};
}

// Code over [0x1000, 0x1200), one function from 0x1010 on; `xdata` stands at 0x2000.
std::vector<std::byte> Image(std::uint32_t unwind_data,
                             std::vector<std::byte> xdata = std::vector<std::byte>(4)) {
  PeBuilder builder;
  builder.machine = 0xaa64;
  builder.AddSection(".text", 0x1000, std::vector<std::byte>(0x200));
  builder.AddSection(".xdata", 0x2000, std::move(xdata));
  ByteSink table;
  table.U32(0x1010).U32(unwind_data);
  builder.AddSection(".pdata", 0x3000, table.Take());
  builder.SetDirectory(PeBuilder::kExceptionEntry, 0x3000, 8);
  return builder.Build();
}

std::optional<model::UnwindRow> Row(const std::vector<std::byte>& image, std::uint64_t offset) {
  const auto file = object::PeFile::Open(image);
  EXPECT_TRUE(file);
  return Arm64UnwindTable(*file).FindRow({offset});
}

// A record of .xdata with one epilogue at the function's end.
std::vector<std::byte> Record(std::uint32_t function_bytes, std::initializer_list<int> codes,
                              std::uint32_t epilogue) {
  ByteSink sink;
  const auto words = static_cast<std::uint32_t>((codes.size() + 3) / 4);
  sink.U32(function_bytes / 4 | 1u << 21 | epilogue << 22 | words << 27);
  for (const int code : codes) sink.U8(static_cast<std::uint8_t>(code));
  return sink.AlignTo(4).Take();
}

TEST(Arm64UnwindTable, CodesAreTakenBackAsFarAsTheyHaveRun) {
  // stp x19, x20, [sp, -32]!; stp x29, lr, [sp, 16]; add x29, sp, 16 ... ldp x29, lr, [sp, 16]; ldp x19, x20,
  // [sp], 32
  const auto image = Image(0x2000, Record(0x40, {0xe2, 2, 0x42, 0x24, 0xe4, 0x42, 0x24, 0xe4}, 5));
  const auto entry = Row(image, 0x1010);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->cfa, RegisterPlus(model::kArm64Sp, 0));
  EXPECT_EQ(entry->return_address, RegisterPlus(model::kArm64Lr, 0));
  EXPECT_EQ(Row(image, 0x1014)->registers, (Registers{SavedAt(19, -32), SavedAt(20, -24)}));
  EXPECT_EQ(Row(image, 0x1018)->return_address, LoadFrom(CfaPlus(-8)));
  const auto body = Row(image, 0x1030);
  EXPECT_EQ(body->cfa, RegisterPlus(model::kArm64Fp, 16));
  EXPECT_EQ(body->registers, (Registers{SavedAt(19, -32), SavedAt(20, -24), SavedAt(model::kArm64Fp, -16)}));
  EXPECT_EQ(Row(image, 0x1044)->cfa, RegisterPlus(model::kArm64Sp, 32));  // The epilogue's first instruction.
  EXPECT_EQ(Row(image, 0x1048)->return_address, RegisterPlus(model::kArm64Lr, 0));
  EXPECT_EQ(Row(image, 0x104c)->cfa, RegisterPlus(model::kArm64Sp, 0));
  EXPECT_EQ(Row(image, 0x1050)->cfa, RegisterPlus(model::kArm64Sp, 0));  // Behind the function: a leaf.
}

TEST(Arm64UnwindTable, RowsOfAFunctionAreThoseAtEachOfItsPlaces) {
  const auto image = Image(0x2000, Record(0x40, {0xe2, 2, 0x42, 0x24, 0xe4, 0x42, 0x24, 0xe4}, 5));
  const auto file = object::PeFile::Open(image);
  ASSERT_TRUE(file);
  const Arm64UnwindTable table(*file);
  ASSERT_EQ(table.function_count(), 1u);
  std::uint64_t end = 0x1010;
  for (const dwarf::FrameRow& row : table.Rows(0)) {
    EXPECT_EQ(row.start.value, end);
    end += row.size;
    for (std::uint64_t offset = row.start.value; offset < end; offset += 4)
      EXPECT_EQ(row.row, table.FindRow({offset}));
  }
  EXPECT_EQ(end, 0x1050u);
}

TEST(Arm64UnwindTable, SaveNextMeansTheFollowingPair) {
  const auto image = Image(0x2000, Record(0x40, {0xe6, 0xcc, 0x05, 0xe4}, 3));  // x19 to x22 in 48 bytes
  EXPECT_EQ(Row(image, 0x1030)->registers,
            (Registers{SavedAt(19, -48), SavedAt(20, -40), SavedAt(21, -32), SavedAt(22, -24)}));
}

TEST(Arm64UnwindTable, PackedRowStandsForTheCanonicalPrologue) {
  // 64 bytes of code, x19 and x20, a chained frame, 48 bytes in all: 16 of saves and 32 of locals.
  const std::uint32_t packed = 1 | 16 << 2 | 2 << 16 | 3 << 21 | 3 << 23;
  const auto image = Image(packed);
  EXPECT_EQ(Row(image, 0x1014)->cfa, RegisterPlus(model::kArm64Sp, 16));
  EXPECT_EQ(Row(image, 0x1018)->cfa, RegisterPlus(model::kArm64Sp, 48));
  const auto body = Row(image, 0x1030);
  EXPECT_EQ(body->cfa, RegisterPlus(model::kArm64Fp, 48));
  EXPECT_EQ(body->return_address, LoadFrom(CfaPlus(-40)));
  EXPECT_EQ(body->registers, (Registers{SavedAt(19, -16), SavedAt(20, -8), SavedAt(model::kArm64Fp, -48)}));
  EXPECT_EQ(Row(image, 0x1048)->cfa, RegisterPlus(model::kArm64Sp, 16));  // ldp x19, x20, [sp], 16
}

TEST(Arm64UnwindTable, PackedFragmentIsAllBody) {
  const auto image = Image(2 | 16 << 2 | 1 << 16 | 1 << 21 | 2 << 23);  // x19 and lr, 16 bytes of locals
  const auto row = Row(image, 0x1010);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArm64Sp, 32));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers, (Registers{SavedAt(19, -16)}));
}

TEST(Arm64UnwindTable, BrokenRecordsGiveNoRow) {
  EXPECT_FALSE(Row(Image(0x2000, Record(0x40, {0xe8, 0xe4}, 0)), 0x1030));              // A trap frame.
  EXPECT_FALSE(Row(Image(0x2000, Record(0x40, {0x01, 0x01, 0x01, 0x01}, 0)), 0x1030));  // No end.
  EXPECT_FALSE(Row(Image(0x9000), 0x1030));
  EXPECT_FALSE(Row(Image(3), 0x1030));
}

}  // namespace
}  // namespace cairn::native
