#include "analysis/instruction/decode.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace cairn::instruction {
namespace {

using crash::Jump;
using model::AccessKind;

std::optional<crash::Instruction> DecodeHex(model::Cpu cpu, std::string_view hex) {
  return Decode(cpu, *base::HexToBytes(hex), {0x1000});
}

TEST(Decode, TextOfBothCpus) {
  EXPECT_EQ(DecodeHex(model::Cpu::kAmd64, "c70001000000")->text, "mov dword ptr [rax], 1");
  EXPECT_EQ(DecodeHex(model::Cpu::kArm64, "200440f9")->text, "ldr x0, [x1, #8]");
}

TEST(Decode, InstructionNewerThanTheDisassembler) {
  const auto swap = DecodeHex(model::Cpu::kArm64, "4180e0f8");  // swpal x0, x1, [x2], of Armv8.1.
  ASSERT_TRUE(swap);
  EXPECT_EQ(swap->text, ".inst 0xf8e08041");
  ASSERT_EQ(swap->operands.size(), 1u);
  EXPECT_EQ(swap->operands[0].kind, AccessKind::kReadWrite);
}

TEST(Decode, OnlyTheFirstInstruction) {
  EXPECT_EQ(DecodeHex(model::Cpu::kAmd64, "90cccc")->text, "nop");
  EXPECT_EQ(DecodeHex(model::Cpu::kArm64, "1f2003d500000000")->text, "nop");
}

TEST(Decode, BytesThatAreNoInstruction) {
  EXPECT_FALSE(DecodeHex(model::Cpu::kAmd64, "06")) << "push es, which 64-bit code does not have";
  EXPECT_FALSE(DecodeHex(model::Cpu::kAmd64, "c700")) << "cut off";
  EXPECT_FALSE(DecodeHex(model::Cpu::kAmd64, ""));
  EXPECT_FALSE(DecodeHex(model::Cpu::kArm64, "2004f9")) << "three bytes";
  EXPECT_FALSE(DecodeHex(model::Cpu::kArm64, "ffffffff"));
  EXPECT_FALSE(DecodeHex(model::Cpu::kX86, "90")) << "another CPU";
}

TEST(Decode, PrefixesWithoutEnd) {
  EXPECT_FALSE(DecodeHex(model::Cpu::kAmd64, "66666666666666666666666666666666666690"))
      << "more than 15 bytes";
  EXPECT_FALSE(DecodeHex(model::Cpu::kAmd64, "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0"));
}

}  // namespace
}  // namespace cairn::instruction
