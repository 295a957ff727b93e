#include "analysis/instruction/arm64_operands.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn::instruction {
namespace {

using crash::AddressForm;
using crash::Instruction;
using crash::Jump;

Instruction Read(std::uint32_t word) {
  Instruction instruction;
  AddArm64Operands(word, {0x1000}, instruction);
  return instruction;
}

// The access as text: "read 8 x1+8".
std::string Access(std::uint32_t word) {
  const Instruction instruction = Read(word);
  if (!instruction.operands_complete) return "unknown";
  if (instruction.operands.empty()) return "none";
  const model::RegisterTable& table = *model::FindRegisterTable(model::Cpu::kArm64);
  constexpr const char* kKinds[] = {"unknown", "read", "write", "readwrite"};
  constexpr const char* kExtends[] = {"", "uxtw", "sxtw"};
  const crash::MemoryOperand& operand = instruction.operands[0];
  const AddressForm& form = operand.form;
  std::string text =
      std::string(kKinds[static_cast<int>(operand.kind)]) + " " + std::to_string(operand.size) + " ";
  if (form.base != model::kNoRegister) text += table.names[form.base];
  if (form.index != model::kNoRegister) {
    text.append("+").append(table.names[form.index]).append(kExtends[static_cast<int>(form.index_extend)]);
    text.append("*").append(std::to_string(1 << form.shift));
  }
  if (form.displacement != 0)
    text.append(form.displacement > 0 ? "+" : "").append(std::to_string(form.displacement));
  return text;
}

// The words are llvm-mc's of the text behind them.
struct Row {
  std::uint32_t word;
  const char* assembly;
  const char* access;
};

constexpr Row kRows[] = {
    {0xf9400420, "ldr x0, [x1, #8]", "read 8 x1+8"},
    {0xb9000fe0, "str w0, [sp, #12]", "write 4 sp+12"},
    {0x39400020, "ldrb w0, [x1]", "read 1 x1"},
    {0xb9800420, "ldrsw x0, [x1, #4]", "read 4 x1+4"},
    {0x79000483, "strh w3, [x4, #2]", "write 2 x4+2"},
    {0x3dc00820, "ldr q0, [x1, #32]", "read 16 x1+32"},
    {0xbd000420, "str s0, [x1, #4]", "write 4 x1+4"},
    {0xf85f8020, "ldur x0, [x1, #-8]", "read 8 x1-8"},
    {0xf81f0c20, "str x0, [x1, #-16]!", "write 8 x1-16"},
    {0xf8410420, "ldr x0, [x1], #16", "read 8 x1"},
    {0xb8404820, "ldtr w0, [x1, #4]", "read 4 x1+4"},
    {0xf8627820, "ldr x0, [x1, x2, lsl #3]", "read 8 x1+x2*8"},
    {0xb862d820, "ldr w0, [x1, w2, sxtw #2]", "read 4 x1+x2sxtw*4"},
    {0x38224820, "strb w0, [x1, w2, uxtw]", "write 1 x1+x2uxtw*1"},
    {0x3ce26820, "ldr q0, [x1, x2]", "read 16 x1+x2*1"},
    {0xf87f6820, "ldr x0, [x1, xzr]", "read 8 x1"},
    {0x58000080, "ldr x0, #16", "read 8 pc+16"},
    {0x98ffffe0, "ldrsw x0, #-4", "read 4 pc-4"},
    {0x9c000100, "ldr q0, #32", "read 16 pc+32"},
    {0xf9800420, "prfm pldl1keep, [x1, #8]", "none"},
    {0xa9410440, "ldp x0, x1, [x2, #16]", "read 16 x2+16"},
    {0xa9be7bfd, "stp x29, x30, [sp, #-32]!", "write 16 sp-32"},
    {0x28c10440, "ldp w0, w1, [x2], #8", "read 8 x2"},
    {0x69410440, "ldpsw x0, x1, [x2, #8]", "read 8 x2+8"},
    {0xad3f0440, "stp q0, q1, [x2, #-32]", "write 32 x2-32"},
    {0xa8410440, "ldnp x0, x1, [x2, #16]", "read 16 x2+16"},
    {0xc85f7c20, "ldxr x0, [x1]", "read 8 x1"},
    {0xc800fc41, "stlxr w0, x1, [x2]", "write 8 x2"},
    {0xc87f8440, "ldaxp x0, x1, [x2]", "read 16 x2"},
    {0x88200861, "stxp w0, w1, w2, [x3]", "write 8 x3"},
    {0x88dffc20, "ldar w0, [x1]", "read 4 x1"},
    {0x089ffc20, "stlrb w0, [x1]", "write 1 x1"},
    {0xf8bfc020, "ldapr x0, [x1]", "read 8 x1"},
    {0xd95f8020, "ldapur x0, [x1, #-8]", "read 8 x1-8"},
    {0x99004020, "stlur w0, [x1, #4]", "write 4 x1+4"},
    {0x19801020, "ldapursb x0, [x1, #1]", "read 1 x1+1"},
    {0xc8a07c41, "cas x0, x1, [x2]", "readwrite 8 x2"},
    {0x48207c82, "casp x0, x1, x2, x3, [x4]", "readwrite 16 x4"},
    {0xb8200041, "ldadd w0, w1, [x2]", "readwrite 4 x2"},
    {0xf8e08041, "swpal x0, x1, [x2]", "readwrite 8 x2"},
    {0xf83fd100, "ld64b x0, [x8]", "read 64 x8"},
    {0xf83f9100, "st64b x0, [x8]", "write 64 x8"},
    {0x4c407020, "ld1 { v0.16b }, [x1]", "read 16 x1"},
    {0x0cdf0020, "ld4 { v0.8b - v3.8b }, [x1], #32", "read 32 x1"},
    {0x4c00ac20, "st1 { v0.2d, v1.2d }, [x1]", "write 32 x1"},
    {0x0d409020, "ld1 { v0.s }[1], [x1]", "read 4 x1"},
    {0x0dbf8420, "st2 { v0.d, v1.d }[0], [x1], #16", "write 16 x1"},
    {0x4d40c420, "ld1r { v0.8h }, [x1]", "read 2 x1"},
    {0x4d40e820, "ld3r { v0.4s - v2.4s }, [x1]", "read 12 x1"},
    {0xd9201820, "stg x0, [x1, #16]", "write 16 x1+16"},
    {0xd9a02420, "st2g x0, [x1], #32", "write 32 x1"},
    {0xd9602020, "ldg x0, [x1, #32]", "read 16 x1+32"},
    {0x69010440, "stgp x0, x1, [x2, #32]", "write 16 x2+32"},
    {0xd50b7423, "dc zva, x3", "write 64 x3"},
    {0x19218040, "swpp x0, x1, [x2]", "readwrite 16 x2"},
    {0xd9411840, "ldiapp x0, x1, [x2]", "read 16 x2"},
    {0x99010840, "stilp w0, w1, [x2, #-8]!", "write 8 x2-8"},
    {0xf8201420, "ldraa x0, [x1, #8]", "unknown"},
    {0xa5e0a000, "ld1d { z0.d }, p0/z, [x0]", "unknown"},
    {0x19010440, "cpyfp [x0]!, [x1]!, x2!", "unknown"},
    {0x8b020020, "add x0, x1, x2", "none"},
};

TEST(Arm64Operands, AccessesOfManyInstructions) {
  for (const Row& row : kRows) EXPECT_EQ(Access(row.word), row.access) << row.assembly;
}

TEST(Arm64Operands, Jumps) {
  EXPECT_EQ(Read(0x14000004).jump->address, model::ProcessAddress{0x1010}) << "b #16";
  EXPECT_EQ(Read(0x97fffffc).jump->address, model::ProcessAddress{0xff0}) << "bl #-16";
  EXPECT_EQ(Read(0xd61f0060).jump->register_index, 3) << "br x3";
  EXPECT_EQ(Read(0xd63f0060).jump->register_index, 3) << "blr x3";
  EXPECT_EQ(Read(0xd65f03c0).jump->register_index, model::kArm64Lr) << "ret";
  EXPECT_FALSE(Read(0xd71f0864).jump) << "braa x3, x4: the target is signed";
  EXPECT_FALSE(Read(0xd65f0bff).jump) << "retaa";
  EXPECT_FALSE(Read(0x54000080).jump) << "b.eq: it may not jump";
}

TEST(Arm64Operands, DivisionNeverTraps) {
  EXPECT_FALSE(Read(0x9ac20c20).may_divide_by_zero) << "sdiv x0, x1, x2";
  EXPECT_TRUE(Read(0xd43e0060).may_divide_by_zero) << "brk #0xf003, what Windows' compilers run instead";
  EXPECT_FALSE(Read(0xd4200020).may_divide_by_zero) << "brk #1";
}

}  // namespace
}  // namespace cairn::instruction
