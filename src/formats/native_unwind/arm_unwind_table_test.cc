#include "formats/native_unwind/arm_unwind_table.h"

#include <gtest/gtest.h>

#include "formats/native_unwind/binary_symbols.h"
#include "formats/native_unwind/rule_building.h"
#include "testing/elf_builder.h"

namespace cairn::native {
namespace {

using testing::ByteSink;
using testing::ElfBuilder;

constexpr std::uint32_t kIndex = 0x3000;
constexpr std::uint32_t kRecords = 0x4000;
constexpr std::uint32_t kIndexType = 0x70000001;

std::uint32_t Distance(std::uint32_t from, std::uint32_t to) { return (to - from) & 0x7fffffff; }

// Code at [0x1000, 0x2000): a function of inline instructions at 0x1100, one of Thumb with a record at
// 0x1200, and code that cannot be unwound from 0x1300 on.
std::vector<std::byte> File(bool with_sections) {
  ByteSink index;
  index.U32(Distance(kIndex, 0x1100)).U32(0x80a8b0b0);
  index.U32(Distance(kIndex + 8, 0x1201)).U32(Distance(kIndex + 12, kRecords));
  index.U32(Distance(kIndex + 16, 0x1300)).U32(1);
  ByteSink records;
  records.U32(0x8003a9b0);
  ElfBuilder builder;
  builder.wide = false;
  builder.machine = 40;
  const std::size_t index_bytes = index.size();
  builder.Section(".text", ElfBuilder::kProgramBits, ElfBuilder::kAllocated | ElfBuilder::kExecutable, 0x1000,
                  std::vector<std::byte>(0x1000));
  builder.Section(".ARM.exidx", with_sections ? kIndexType : ElfBuilder::kProgramBits, ElfBuilder::kAllocated,
                  kIndex, index.Take());
  builder.Section(".ARM.extab", ElfBuilder::kProgramBits, ElfBuilder::kAllocated, kRecords, records.Take());
  if (!with_sections) builder.Segment(kIndexType, kIndex, index_bytes);
  return builder.Build();
}

class ArmUnwindTableTest : public ::testing::TestWithParam<bool> {
 protected:
  const std::vector<std::byte> bytes_ = File(GetParam());
  const object::ElfFile file_ = *object::ElfFile::Open(bytes_);
  const std::optional<ArmUnwindTable> table_ = ArmUnwindTable::Create(file_);
};

TEST_P(ArmUnwindTableTest, EntriesReachToTheNext) {
  ASSERT_TRUE(table_);
  EXPECT_FALSE(table_->FindStart({0x10ff}));
  EXPECT_EQ(table_->FindStart({0x1100})->value, 0x1100u);
  EXPECT_EQ(table_->FindStart({0x11ff})->value, 0x1100u);
  EXPECT_EQ(table_->FindStart({0x1200})->value, 0x1200u) << "the mark of Thumb is no part of the address";
  EXPECT_FALSE(table_->FindStart({0x1300}));
  EXPECT_FALSE(table_->FindStart({0x9000})) << "no code";
}

TEST_P(ArmUnwindTableTest, RowsComeFromTheEntryOrItsRecord) {
  ASSERT_TRUE(table_);
  EXPECT_EQ(table_->FindRow({0x1110})->cfa, RegisterPlus(model::kArmSp, 8));        // pop {r4, r14}
  EXPECT_EQ(table_->FindRow({0x1210})->cfa, RegisterPlus(model::kArmSp, 16 + 12));  // and 16 bytes of locals
  EXPECT_FALSE(table_->FindRow({0x1310}));
}

TEST_P(ArmUnwindTableTest, FunctionsAreThoseThatCanBeUnwound) {
  ASSERT_TRUE(table_);
  const std::vector<std::vector<dwarf::FrameRow>> functions = table_->Functions();
  ASSERT_EQ(functions.size(), 2u);
  ASSERT_EQ(functions[1].size(), 2u);
  EXPECT_EQ(functions[1][0].start.value, 0x1200u);
  EXPECT_EQ(functions[1][0].row, table_->FindRow({0x1200}));
  EXPECT_EQ(functions[1][1].start.value + functions[1][1].size, 0x1300u);
  EXPECT_EQ(functions[1][1].row, table_->FindRow({0x1210}));
}

TEST_P(ArmUnwindTableTest, FirstInstructionHasItsCallersFrame) {
  ASSERT_TRUE(table_);
  EXPECT_EQ(table_->FindRow({0x1100})->cfa, RegisterPlus(model::kArmSp, 0));
  EXPECT_EQ(table_->FindRow({0x1100})->return_address, RegisterPlus(model::kArmLr, 0));
}

TEST_P(ArmUnwindTableTest, BinaryAnswersByIt) {
  const auto symbols = OpenBinary(bytes_);
  ASSERT_TRUE(symbols);
  EXPECT_EQ((*symbols)->FindUnwindRow({0x1110})->cfa, RegisterPlus(model::kArmSp, 8));
  EXPECT_EQ((*symbols)->FindCode({0x1110}), model::CodeAt::kFunction);
  EXPECT_EQ((*symbols)->FindCode({0x1310}), model::CodeAt::kUnknown);
}

INSTANTIATE_TEST_SUITE_P(ArmUnwind, ArmUnwindTableTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "BySection" : "BySegment"; });

TEST(ArmUnwindTable, OtherCpusHaveNone) {
  const std::vector<std::byte> bytes = ElfBuilder().Build();
  EXPECT_FALSE(ArmUnwindTable::Create(*object::ElfFile::Open(bytes)));
}

}  // namespace
}  // namespace cairn::native
