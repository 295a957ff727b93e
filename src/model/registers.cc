#include "model/registers.h"

namespace cairn::model {
namespace {

constexpr std::string_view kAmd64Names[] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8",
                                            "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip"};
constexpr RegisterIndex kAmd64CalleeSaved[] = {kRbx, kRbp, kR12, kR13, kR14, kR15};
constexpr RegisterTable kAmd64 = {.names = kAmd64Names,
                                  .aliases = {},
                                  .pc = kRip,
                                  .sp = kRsp,
                                  .fp = kRbp,
                                  .callee_saved = kAmd64CalleeSaved};

constexpr std::string_view kX86Names[] = {"eax", "ecx", "edx", "ebx", "esp",
                                          "ebp", "esi", "edi", "eip", "eflags"};
constexpr RegisterAlias kX86Aliases[] = {{"efl", kEflags}};
constexpr RegisterIndex kX86CalleeSaved[] = {kEbx, kEbp, kEsi, kEdi};
constexpr RegisterTable kX86 = {.names = kX86Names,
                                .aliases = kX86Aliases,
                                .pc = kEip,
                                .sp = kEsp,
                                .fp = kEbp,
                                .callee_saved = kX86CalleeSaved};

constexpr std::string_view kArmNames[] = {"r0", "r1", "r2",  "r3", "r4",  "r5", "r6", "r7",
                                          "r8", "r9", "r10", "fp", "r12", "sp", "lr", "pc"};
constexpr RegisterAlias kArmAliases[] = {
    {"r11", kArmFp}, {"ip", 12}, {"r13", kArmSp}, {"r14", kArmLr}, {"r15", kArmPc}};
constexpr RegisterIndex kArmCalleeSaved[] = {4, 5, 6, 7, 8, 9, 10, kArmFp};
constexpr RegisterTable kArm = {.names = kArmNames,
                                .aliases = kArmAliases,
                                .pc = kArmPc,
                                .sp = kArmSp,
                                .fp = kArmFp,
                                .link = kArmLr,
                                .callee_saved = kArmCalleeSaved};

constexpr std::string_view kArm64Names[] = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",
                                            "x9",  "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                                            "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26",
                                            "x27", "x28", "fp",  "lr",  "sp",  "pc"};
constexpr RegisterAlias kArm64Aliases[] = {{"x29", kArm64Fp}, {"x30", kArm64Lr}, {"x31", kArm64Sp}};
constexpr RegisterIndex kArm64CalleeSaved[] = {19, 20, 21, 22, 23, 24, 25, 26, 27, 28, kArm64Fp};
constexpr RegisterTable kArm64 = {.names = kArm64Names,
                                  .aliases = kArm64Aliases,
                                  .pc = kArm64Pc,
                                  .sp = kArm64Sp,
                                  .fp = kArm64Fp,
                                  .link = kArm64Lr,
                                  .callee_saved = kArm64CalleeSaved};

constexpr std::string_view kMipsNames[] = {
    "zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "s0",
    "s1",   "s2", "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0", "k1", "gp", "sp", "fp", "ra", "pc"};
constexpr RegisterAlias kMipsAliases[] = {{"s8", kMipsFp}};
constexpr RegisterIndex kMipsCalleeSaved[] = {16, 17, 18, 19, 20, 21, 22, 23, kMipsGp, kMipsFp};
constexpr RegisterTable kMips = {.names = kMipsNames,
                                 .aliases = kMipsAliases,
                                 .pc = kMipsPc,
                                 .sp = kMipsSp,
                                 .fp = kMipsFp,
                                 .link = kMipsRa,
                                 .callee_saved = kMipsCalleeSaved};

constexpr std::string_view kRiscvNames[] = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1",  "a0",  "a1", "a2", "a3", "a4", "a5", "a6",
    "a7",   "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6", "pc"};
constexpr RegisterAlias kRiscvAliases[] = {
    {"fp", kRiscvS0}, {"x1", kRiscvRa}, {"x2", kRiscvSp}, {"x8", kRiscvS0}};
constexpr RegisterIndex kRiscvCalleeSaved[] = {kRiscvS0, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27};
constexpr RegisterTable kRiscv = {.names = kRiscvNames,
                                  .aliases = kRiscvAliases,
                                  .pc = kRiscvPc,
                                  .sp = kRiscvSp,
                                  .fp = kRiscvS0,
                                  .link = kRiscvRa,
                                  .callee_saved = kRiscvCalleeSaved};

}  // namespace

const RegisterTable* FindRegisterTable(Cpu cpu) {
  switch (cpu) {
    case Cpu::kX86: return &kX86;
    case Cpu::kAmd64: return &kAmd64;
    case Cpu::kArm: return &kArm;
    case Cpu::kArm64: return &kArm64;
    case Cpu::kMips:
    case Cpu::kMips64: return &kMips;
    case Cpu::kRiscv:
    case Cpu::kRiscv64: return &kRiscv;
    case Cpu::kUnknown:
    case Cpu::kPpc:
    case Cpu::kPpc64:
    case Cpu::kSparc: break;
  }
  return nullptr;
}

std::optional<RegisterIndex> FindRegister(const RegisterTable& table, std::string_view name) {
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    if (table.names[i] == name) return static_cast<RegisterIndex>(i);
  }
  for (const RegisterAlias& alias : table.aliases) {
    if (alias.name == name) return alias.index;
  }
  return std::nullopt;
}

}  // namespace cairn::model
