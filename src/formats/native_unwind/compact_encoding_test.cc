#include "formats/native_unwind/compact_encoding.h"

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"

namespace cairn::native {
namespace {

using model::RegisterRule;
using Registers = std::vector<RegisterRule>;

RegisterRule SavedAt(model::RegisterIndex index, std::int64_t from_cfa) {
  return {index, LoadFrom(CfaPlus(from_cfa))};
}

TEST(CompactEncoding, X64FrameHasRegistersBelowItsPointer) {
  // r14 (4) at rbp-24, rbx (1) at rbp-8, nothing between.
  const auto row = RowOfX64Encoding(0x01030000 | 4 | 1 << 6, {});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kRbp, 16));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers,
            (Registers{SavedAt(model::kRbp, -16), SavedAt(model::kR14, -40), SavedAt(model::kRbx, -24)}));
}

TEST(CompactEncoding, X64FramelessCountsRegistersFromTheReturnAddress) {
  // 7 words, two registers; 1 * 5 + 2: the second of six, then the third of the five left: r12 (2), r14 (4).
  const auto row = RowOfX64Encoding(0x02000000 | 7 << 16 | 2 << 10 | (1 * 5 + 2), {});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kRsp, 56));
  EXPECT_EQ(row->registers, (Registers{SavedAt(model::kR12, -24), SavedAt(model::kR14, -16)}));
}

TEST(CompactEncoding, X64SizeOfLargeFramesStandsInTheCode) {
  std::vector<std::byte> code(16);
  code[3] = std::byte{0x20};
  code[4] = std::byte{0x4e};  // 20,000 as the operand at 3.
  const std::uint32_t encoding = 0x03000000 | 3 << 16 | 2 << 13;
  const auto row = RowOfX64Encoding(encoding, code);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kRsp, 20000 + 16));
  EXPECT_FALSE(RowOfX64Encoding(encoding, base::Bytes(code).first(6)));
}

TEST(CompactEncoding, X64NumbersOutsideTheirRangeGiveNoRow) {
  EXPECT_FALSE(RowOfX64Encoding(0, {}));
  EXPECT_FALSE(RowOfX64Encoding(0x01000007, {}));                   // Register 7.
  EXPECT_FALSE(RowOfX64Encoding(0x02010000 | 7 << 10, {}));         // Seven registers.
  EXPECT_FALSE(RowOfX64Encoding(0x02010000 | 6 << 10 | 1023, {}));  // 6! is 720.
  EXPECT_FALSE(RowOfX64Encoding(0x04001234, {}));
  EXPECT_TRUE(IsDwarfEncoding(0x04001234, model::Cpu::kAmd64));
  EXPECT_TRUE(IsDwarfEncoding(0x03001234, model::Cpu::kArm64));
  EXPECT_FALSE(IsDwarfEncoding(0x04001234, model::Cpu::kArm64));
}

TEST(CompactEncoding, X86HasTheSameFormsWithItsOwnRegisters) {
  // esi (5) at ebp-12, edi (4) at ebp-8, ebx (1) at ebp-4.
  const auto frame = RowOfX86Encoding(0x01030000 | 5 | 4 << 3 | 1 << 6, {});
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->cfa, RegisterPlus(model::kEbp, 8));
  EXPECT_EQ(frame->return_address, LoadFrom(CfaPlus(-4)));
  EXPECT_EQ(frame->registers, (Registers{SavedAt(model::kEbp, -8), SavedAt(model::kEsi, -20),
                                         SavedAt(model::kEdi, -16), SavedAt(model::kEbx, -12)}));
  // 7 words; the fourth of six, then the fourth of the five left: edi (4), esi (5).
  const auto frameless = RowOfX86Encoding(0x02000000 | 7 << 16 | 2 << 10 | (3 * 5 + 3), {});
  ASSERT_TRUE(frameless);
  EXPECT_EQ(frameless->cfa, RegisterPlus(model::kEsp, 28));
  EXPECT_EQ(frameless->registers, (Registers{SavedAt(model::kEdi, -12), SavedAt(model::kEsi, -8)}));
  EXPECT_TRUE(IsDwarfEncoding(0x04001234, model::Cpu::kX86));
}

TEST(CompactEncoding, Arm64FrameHasPairsBelowIt) {
  const auto row = RowOfArm64Encoding(0x04000000 | 1 | 4 | 0x100);  // x19 and x20, x23 and x24, d8 and d9
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArm64Fp, 16));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers, (Registers{SavedAt(model::kArm64Fp, -16), SavedAt(19, -24), SavedAt(20, -32),
                                       SavedAt(23, -40), SavedAt(24, -48)}));
}

TEST(CompactEncoding, Arm64LeafReturnsToItsLinkRegister) {
  const auto row = RowOfArm64Encoding(0x02000000 | 3 << 12 | 1);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArm64Sp, 48));
  EXPECT_EQ(row->return_address, RegisterPlus(model::kArm64Lr, 0));
  EXPECT_EQ(row->registers, (Registers{SavedAt(19, -8), SavedAt(20, -16)}));
  EXPECT_FALSE(RowOfArm64Encoding(0));
}

}  // namespace
}  // namespace cairn::native
