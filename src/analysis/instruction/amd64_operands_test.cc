#include "analysis/instruction/amd64_operands.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "analysis/instruction/decode.h"
#include "base/hex.h"

namespace cairn::instruction {
namespace {

using crash::AddressForm;
using crash::Instruction;
using crash::Jump;
using model::AccessKind;

Instruction DecodeHex(std::string_view hex) {
  std::optional<Instruction> decoded = Decode(model::Cpu::kAmd64, *base::HexToBytes(hex), {0x1000});
  EXPECT_TRUE(decoded) << hex;
  return decoded.value_or(Instruction{});
}

// An operand as text: "write 4 rax+rcx*8+16".
std::string Show(const crash::MemoryOperand& operand) {
  const model::RegisterTable& table = *model::FindRegisterTable(model::Cpu::kAmd64);
  constexpr const char* kKinds[] = {"unknown", "read", "write", "readwrite"};
  const AddressForm& form = operand.form;
  std::string text = std::string(kKinds[static_cast<int>(operand.kind)]) + " " + std::to_string(operand.size);
  text += form.is_32_bit ? " 32bit " : " ";
  if (form.base != model::kNoRegister) text += table.names[form.base];
  if (form.index != model::kNoRegister) {
    text.append("+").append(table.names[form.index]).append("*").append(std::to_string(1 << form.shift));
  }
  if (form.displacement != 0)
    text.append(form.displacement > 0 ? "+" : "").append(std::to_string(form.displacement));
  if (operand.alignment != 1) text.append(" aligned ").append(std::to_string(operand.alignment));
  return text;
}

std::string Accesses(std::string_view hex) {
  std::string text;
  for (const crash::MemoryOperand& operand : DecodeHex(hex).operands) {
    if (!text.empty()) text += ", ";
    text += Show(operand);
  }
  return text;
}

// The bytes are llvm-mc's of the text behind them.
struct Row {
  const char* code;
  const char* assembly;
  const char* accesses;
};

constexpr Row kRows[] = {
    {"48c70005000000", "mov qword ptr [rax], 5", "write 8 rax"},
    {"8b449110", "mov eax, [rcx+rdx*4+0x10]", "read 4 rcx+rdx*4+16"},
    {"8a0500010000", "mov al, [rip+0x100]", "read 1 rip+262"},
    {"678b4004", "mov eax, [eax+4]", "read 4 32bit rax+4"},
    {"c7042542000080"
     "01000000",
     "mov dword ptr [0x80000042], 1", "write 4 -2147483582"},
    {"830001", "add dword ptr [rax], 1", "readwrite 4 rax"},
    {"833801", "cmp dword ptr [rax], 1", "read 4 rax"},
    {"f60001", "test byte ptr [rax], 1", "read 1 rax"},
    {"f77dfc", "idiv dword ptr [rbp-4]", "read 4 rbp-4"},
    {"50", "push rax", "write 8 rsp-8"},
    {"66ff30", "push word ptr [rax]", "read 2 rax, write 2 rsp-2"},
    {"ff7008", "push [rax+8]", "read 8 rax+8, write 8 rsp-8"},
    {"59", "pop rcx", "read 8 rsp"},
    {"8f00", "pop [rax]", "write 8 rax, read 8 rsp"},
    {"ffd0", "call rax", "write 8 rsp-8"},
    {"ff5018", "call [rax+0x18]", "read 8 rax+24, write 8 rsp-8"},
    {"c3", "ret", "read 8 rsp"},
    {"c9", "leave", "read 8 rbp"},
    {"488d4108", "lea rax, [rcx+8]", ""},
    {"0f1f00", "nop [rax]", ""},
    {"0f1808", "prefetcht0 [rax]", ""},
    {"0f2800", "movaps xmm0, [rax]", "read 16 rax aligned 16"},
    {"0f1000", "movups xmm0, [rax]", "read 16 rax"},
    {"0f2900", "movaps [rax], xmm0", "write 16 rax aligned 16"},
    {"c5fc2800", "vmovaps ymm0, [rax]", "read 32 rax aligned 32"},
    {"c5fc1100", "vmovups [rax], ymm0", "write 32 rax"},
    {"0f5800", "addps xmm0, [rax]", "read 16 rax aligned 16"},
    {"0f2e00", "ucomiss xmm0, [rax]", "read 4 rax"},
    {"660fe700", "movntdq [rax], xmm0", "write 16 rax aligned 16"},
    {"660fd600", "movq [rax], xmm0", "write 8 rax"},
    {"f348ab", "rep stosq", "write 8 rdi"},
    {"f3a4", "rep movsb", "write 1 rdi, read 1 rsi"},
    {"a6", "cmpsb", "read 1 rsi, read 1 rdi"},
    {"488708", "xchg [rax], rcx", "readwrite 8 rax"},
    {"f0480fb108", "lock cmpxchg [rax], rcx", "readwrite 8 rax"},
    {"dd18", "fstp qword ptr [rax]", "write 8 rax"},
    {"dd00", "fld qword ptr [rax]", "read 8 rax"},
    {"0fae00", "fxsave [rax]", "write 512 rax aligned 16"},
    {"0fae18", "stmxcsr [rax]", "write 4 rax"},
};

TEST(Amd64Operands, AccessesOfManyInstructions) {
  for (const Row& row : kRows) EXPECT_EQ(Accesses(row.code), row.accesses) << row.assembly;
}

TEST(Amd64Operands, AddressThatNoDumpHolds) {
  const Instruction canary = DecodeHex("648b042528000000");  // mov eax, fs:[0x28]
  EXPECT_TRUE(canary.operands.empty());
  EXPECT_FALSE(canary.operands_complete);
  const Instruction gather = DecodeHex("c4e26d900488");  // vpgatherdd ymm0, [rax+ymm1*4], ymm2
  EXPECT_TRUE(gather.operands.empty());
  EXPECT_FALSE(gather.operands_complete);
  EXPECT_FALSE(DecodeHex("d7").operands_complete) << "xlatb";
}

TEST(Amd64Operands, Jumps) {
  EXPECT_EQ(DecodeHex("e810000000").jump->address, model::ProcessAddress{0x1015});
  EXPECT_EQ(DecodeHex("ebfe").jump->address, model::ProcessAddress{0x1000});
  const Instruction by_register = DecodeHex("ffe1");  // jmp rcx
  EXPECT_EQ(by_register.jump->source, Jump::Source::kRegister);
  EXPECT_EQ(by_register.jump->register_index, model::kRcx);
  const Instruction by_table = DecodeHex("ff2520000000");  // jmp [rip+0x20]
  EXPECT_EQ(by_table.jump->source, Jump::Source::kMemory);
  EXPECT_EQ(by_table.jump->memory.base, model::kRip);
  EXPECT_EQ(by_table.jump->memory.displacement, 0x26);
  EXPECT_EQ(DecodeHex("c3").jump->memory.base, model::kRsp);
  EXPECT_FALSE(DecodeHex("7410").jump) << "je: it may not jump";
}

TEST(Amd64Operands, DivisionAndPrivilege) {
  EXPECT_TRUE(DecodeHex("f7f9").may_divide_by_zero) << "idiv ecx";
  EXPECT_FALSE(DecodeHex("01c8").may_divide_by_zero) << "add eax, ecx";
  EXPECT_TRUE(DecodeHex("f4").is_privileged) << "hlt";
  EXPECT_TRUE(DecodeHex("0f22c0").is_privileged) << "mov cr0, rax";
  EXPECT_FALSE(DecodeHex("90").is_privileged) << "nop";
}

}  // namespace
}  // namespace cairn::instruction
