#include "analysis/instruction/amd64_operands.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

namespace cairn::instruction {
namespace {

using crash::AddressForm;
using crash::Instruction;
using crash::Jump;
using model::AccessKind;

struct RegisterRow {
  x86_reg wide;
  x86_reg narrow;  // Its lower half, which the address-size prefix makes of it.
  model::RegisterIndex index;
};

constexpr RegisterRow kRegisters[] = {
    {X86_REG_RAX, X86_REG_EAX, model::kRax},  {X86_REG_RDX, X86_REG_EDX, model::kRdx},
    {X86_REG_RCX, X86_REG_ECX, model::kRcx},  {X86_REG_RBX, X86_REG_EBX, model::kRbx},
    {X86_REG_RSI, X86_REG_ESI, model::kRsi},  {X86_REG_RDI, X86_REG_EDI, model::kRdi},
    {X86_REG_RBP, X86_REG_EBP, model::kRbp},  {X86_REG_RSP, X86_REG_ESP, model::kRsp},
    {X86_REG_R8, X86_REG_R8D, model::kR8},    {X86_REG_R9, X86_REG_R9D, model::kR9},
    {X86_REG_R10, X86_REG_R10D, model::kR10}, {X86_REG_R11, X86_REG_R11D, model::kR11},
    {X86_REG_R12, X86_REG_R12D, model::kR12}, {X86_REG_R13, X86_REG_R13D, model::kR13},
    {X86_REG_R14, X86_REG_R14D, model::kR14}, {X86_REG_R15, X86_REG_R15D, model::kR15},
    {X86_REG_RIP, X86_REG_EIP, model::kRip},
};

// Instructions with a memory operand that they do not access, or that never faults.
constexpr unsigned kNoAccess[] = {X86_INS_LEA,         X86_INS_NOP,        X86_INS_PREFETCH,
                                  X86_INS_PREFETCHNTA, X86_INS_PREFETCHT0, X86_INS_PREFETCHT1,
                                  X86_INS_PREFETCHT2,  X86_INS_PREFETCHW};

// What a process may not do. Intel's manual, volume 3, section 5.9, and what I/O privilege forbids.
constexpr unsigned kPrivileged[] = {
    X86_INS_HLT,    X86_INS_CLI,    X86_INS_STI,     X86_INS_IN,      X86_INS_OUT,    X86_INS_INSB,
    X86_INS_INSD,   X86_INS_INSW,   X86_INS_OUTSB,   X86_INS_OUTSD,   X86_INS_OUTSW,  X86_INS_LGDT,
    X86_INS_LIDT,   X86_INS_LLDT,   X86_INS_LTR,     X86_INS_LMSW,    X86_INS_CLTS,   X86_INS_INVD,
    X86_INS_WBINVD, X86_INS_INVLPG, X86_INS_INVPCID, X86_INS_RDMSR,   X86_INS_WRMSR,  X86_INS_SWAPGS,
    X86_INS_RDPMC,  X86_INS_SYSRET, X86_INS_SYSEXIT, X86_INS_MONITOR, X86_INS_MWAIT,  X86_INS_XSETBV,
    X86_INS_STGI,   X86_INS_CLGI,   X86_INS_VMRUN,   X86_INS_VMLOAD,  X86_INS_VMSAVE, X86_INS_SKINIT,
};

// Moves of 16 bytes or more that need not be aligned although their encoding is the old one; and those of the
// new encoding that must be.
constexpr unsigned kUnaligned[] = {X86_INS_MOVUPS, X86_INS_MOVUPD, X86_INS_MOVDQU, X86_INS_LDDQU};
constexpr unsigned kAligned[] = {X86_INS_VMOVAPS,   X86_INS_VMOVAPD,   X86_INS_VMOVDQA,  X86_INS_VMOVDQA32,
                                 X86_INS_VMOVDQA64, X86_INS_VMOVNTPS,  X86_INS_VMOVNTPD, X86_INS_VMOVNTDQ,
                                 X86_INS_VMOVNTDQA, X86_INS_CMPXCHG16B};

// Comparisons, which only read their first operand.
constexpr unsigned kReadOnly[] = {
    X86_INS_CMP,      X86_INS_TEST,     X86_INS_UCOMISS, X86_INS_UCOMISD, X86_INS_COMISS, X86_INS_COMISD,
    X86_INS_VUCOMISS, X86_INS_VUCOMISD, X86_INS_PTEST,   X86_INS_VPTEST,  X86_INS_BT,     X86_INS_CMPSB,
    X86_INS_CMPSW,    X86_INS_CMPSQ,    X86_INS_SCASB,   X86_INS_SCASW,   X86_INS_SCASD,  X86_INS_SCASQ};

// Stores of one operand, which Capstone 4 takes for loads.
constexpr unsigned kWriteOnly[] = {
    X86_INS_FST,    X86_INS_FSTP,     X86_INS_FIST,    X86_INS_FISTP,    X86_INS_FISTTP,    X86_INS_FBSTP,
    X86_INS_FNSTCW, X86_INS_FNSTSW,   X86_INS_FNSTENV, X86_INS_FNSAVE,   X86_INS_STMXCSR,   X86_INS_VSTMXCSR,
    X86_INS_FXSAVE, X86_INS_FXSAVE64, X86_INS_SGDT,    X86_INS_SIDT,     X86_INS_SLDT,      X86_INS_STR,
    X86_INS_SMSW,   X86_INS_XSAVE,    X86_INS_XSAVE64, X86_INS_XSAVEOPT, X86_INS_XSAVEOPT64};
constexpr unsigned kExchange[] = {X86_INS_CMPXCHG, X86_INS_CMPXCHG8B, X86_INS_CMPXCHG16B};

// Images of the CPU's state, for which Capstone has the size of a pointer. Zero: it depends on the CPU.
struct StateRow {
  unsigned id;
  std::uint32_t size;
  std::uint32_t alignment;
};
constexpr StateRow kStates[] = {
    {X86_INS_FXSAVE, 512, 16},    {X86_INS_FXSAVE64, 512, 16}, {X86_INS_FXRSTOR, 512, 16},
    {X86_INS_FXRSTOR64, 512, 16}, {X86_INS_XSAVE, 0, 64},      {X86_INS_XSAVE64, 0, 64},
    {X86_INS_XSAVEOPT, 0, 64},    {X86_INS_XSAVEOPT64, 0, 64}, {X86_INS_XRSTOR, 0, 64},
    {X86_INS_XRSTOR64, 0, 64},    {X86_INS_FNSAVE, 108, 1},    {X86_INS_FRSTOR, 108, 1},
    {X86_INS_FNSTENV, 28, 1},     {X86_INS_FLDENV, 28, 1},
};

bool IsOneOf(std::span<const unsigned> ids, unsigned id) { return std::ranges::find(ids, id) != ids.end(); }

bool HasGroup(const cs_insn& decoded, std::uint8_t group) {
  const cs_detail& detail = *decoded.detail;
  const std::span groups(detail.groups, std::min<std::size_t>(detail.groups_count, std::size(detail.groups)));
  return std::ranges::find(groups, group) != groups.end();
}

// The operands that there are, whatever the count says.
std::span<const cs_x86_op> OperandsOf(const cs_insn& decoded) {
  const cs_x86& detail = decoded.detail->x86;
  return {detail.operands, std::min<std::size_t>(detail.op_count, std::size(detail.operands))};
}

const RegisterRow* FindRow(x86_reg name) {
  const auto* const row = std::ranges::find_if(
      kRegisters, [&](const RegisterRow& r) { return r.wide == name || r.narrow == name; });
  return row == std::end(kRegisters) ? nullptr : row;
}

// Nothing where a part is not in a dump: the base of a thread's own segment, or a vector of addresses.
std::optional<AddressForm> FormOf(const cs_insn& decoded, const x86_op_mem& memory) {
  if (memory.segment == X86_REG_FS || memory.segment == X86_REG_GS) return std::nullopt;
  AddressForm form{.displacement = memory.disp};
  if (memory.base != X86_REG_INVALID) {
    const RegisterRow* const row = FindRow(memory.base);
    if (row == nullptr) return std::nullopt;
    form.base = row->index;
    form.is_32_bit = row->narrow == memory.base;
    // Such addresses count from the next instruction.
    if (row->index == model::kRip) form.displacement += decoded.size;
  }
  const bool has_index =
      memory.index != X86_REG_INVALID && memory.index != X86_REG_RIZ && memory.index != X86_REG_EIZ;
  if (has_index) {
    const RegisterRow* const row = FindRow(memory.index);
    if (row == nullptr) return std::nullopt;
    form.index = row->index;
    form.is_32_bit |= row->narrow == memory.index;
    form.shift = memory.scale > 0
                     ? static_cast<std::uint8_t>(std::countr_zero(static_cast<unsigned>(memory.scale)))
                     : std::uint8_t{0};
  }
  return form;
}

// Capstone 4 gives no direction to most of what stores vectors; but where memory is the first of two operands
// it is the destination, except of comparisons.
AccessKind KindOf(const cs_insn& decoded, const cs_x86_op& operand) {
  if (IsOneOf(kReadOnly, decoded.id)) return AccessKind::kRead;
  if (IsOneOf(kWriteOnly, decoded.id)) return AccessKind::kWrite;
  if (IsOneOf(kExchange, decoded.id)) return AccessKind::kReadWrite;
  const std::span<const cs_x86_op> operands = OperandsOf(decoded);
  const bool is_destination = operands.size() > 1 && &operand == operands.data();
  switch (operand.access & (CS_AC_READ | CS_AC_WRITE)) {
    case CS_AC_READ: return is_destination ? AccessKind::kWrite : AccessKind::kRead;
    case CS_AC_WRITE: return AccessKind::kWrite;
    case CS_AC_READ | CS_AC_WRITE: return AccessKind::kReadWrite;
    default: return AccessKind::kUnknown;
  }
}

std::uint32_t AlignmentOf(const cs_insn& decoded, std::uint32_t size) {
  if (IsOneOf(kAligned, decoded.id)) return std::min<std::uint32_t>(std::max<std::uint32_t>(size, 16), 64);
  if (size != 16 || IsOneOf(kUnaligned, decoded.id)) return 1;
  constexpr std::uint8_t kOldVectorGroups[] = {X86_GRP_SSE1,  X86_GRP_SSE2,  X86_GRP_SSE3,
                                               X86_GRP_SSSE3, X86_GRP_SSE41, X86_GRP_SSE42};
  return std::ranges::any_of(kOldVectorGroups, [&](std::uint8_t group) { return HasGroup(decoded, group); })
             ? 16
             : 1;
}

void AddExplicit(const cs_insn& decoded, Instruction& instruction) {
  if (IsOneOf(kNoAccess, decoded.id)) return;
  for (const cs_x86_op& operand : OperandsOf(decoded)) {
    if (operand.type != X86_OP_MEM) continue;
    const std::optional<AddressForm> form = FormOf(decoded, operand.mem);
    if (!form) {
      instruction.operands_complete = false;
      continue;
    }
    const auto* const state = std::ranges::find(kStates, decoded.id, &StateRow::id);
    const bool is_state = state != std::end(kStates);
    instruction.operands.push_back(
        {.form = *form,
         .size = is_state ? state->size : operand.size,
         .kind = KindOf(decoded, operand),
         .alignment = is_state ? state->alignment : AlignmentOf(decoded, operand.size)});
  }
}

struct StackRow {
  unsigned id;
  bool is_write;
  model::RegisterIndex base;
  std::uint32_t size;  // Without an operand-size prefix.
};

// What instructions do to the stack without an operand that says so.
constexpr StackRow kStack[] = {
    {X86_INS_PUSH, true, model::kRsp, 8},    {X86_INS_PUSHFQ, true, model::kRsp, 8},
    {X86_INS_PUSHF, true, model::kRsp, 2},   {X86_INS_CALL, true, model::kRsp, 8},
    {X86_INS_ENTER, true, model::kRsp, 8},   {X86_INS_POP, false, model::kRsp, 8},
    {X86_INS_POPFQ, false, model::kRsp, 8},  {X86_INS_POPF, false, model::kRsp, 2},
    {X86_INS_RET, false, model::kRsp, 8},    {X86_INS_LEAVE, false, model::kRbp, 8},
    {X86_INS_IRETQ, false, model::kRsp, 40},
};

// Those whose accesses are neither operands nor in kStack: far calls and returns, and tables that registers
// name.
constexpr unsigned kUnknownAccess[] = {
    X86_INS_LCALL,      X86_INS_LJMP, X86_INS_RETF,        X86_INS_RETFQ,    X86_INS_XLATB,
    X86_INS_MASKMOVDQU, X86_INS_IRET, X86_INS_VMASKMOVDQU, X86_INS_MASKMOVQ, X86_INS_IRETD};

void AddStackAccess(const cs_insn& decoded, Instruction& instruction) {
  if (IsOneOf(kUnknownAccess, decoded.id)) instruction.operands_complete = false;
  const auto* const row = std::ranges::find(kStack, decoded.id, &StackRow::id);
  if (row == std::end(kStack)) return;
  constexpr std::uint8_t kOperandSizePrefix = 0x66;
  const bool is_narrow = row->size == 8 && row->id != X86_INS_CALL && row->id != X86_INS_RET &&
                         decoded.detail->x86.prefix[2] == kOperandSizePrefix;
  const std::uint32_t size = is_narrow ? 2 : row->size;
  instruction.operands.push_back(
      {.form = {.base = row->base, .displacement = row->is_write ? -std::int64_t{size} : 0},
       .size = size,
       .kind = row->is_write ? AccessKind::kWrite : AccessKind::kRead});
}

void AddJump(const cs_insn& decoded, Instruction& instruction) {
  if (decoded.id == X86_INS_RET) {
    instruction.jump = Jump{.source = Jump::Source::kMemory, .memory = {.base = model::kRsp}};
    return;
  }
  const std::span<const cs_x86_op> operands = OperandsOf(decoded);
  if ((decoded.id != X86_INS_CALL && decoded.id != X86_INS_JMP) || operands.size() != 1) return;
  const cs_x86_op& target = operands[0];
  if (target.type == X86_OP_IMM) {
    instruction.jump = Jump{.address = {static_cast<std::uint64_t>(target.imm)}};
  } else if (target.type == X86_OP_REG) {
    const RegisterRow* const row = FindRow(target.reg);
    if (row != nullptr && row->wide == target.reg) {
      instruction.jump = Jump{.source = Jump::Source::kRegister, .register_index = row->index};
    }
  } else if (target.type == X86_OP_MEM) {
    const std::optional<AddressForm> form = FormOf(decoded, target.mem);
    if (form && target.size == 8) instruction.jump = Jump{.source = Jump::Source::kMemory, .memory = *form};
  }
}

// A move to or from a control or debug register.
bool UsesSystemRegister(const cs_insn& decoded) {
  const std::span<const cs_x86_op> operands = OperandsOf(decoded);
  return std::ranges::any_of(operands, [](const cs_x86_op& operand) {
    return operand.type == X86_OP_REG && ((operand.reg >= X86_REG_CR0 && operand.reg <= X86_REG_CR15) ||
                                          (operand.reg >= X86_REG_DR0 && operand.reg <= X86_REG_DR15));
  });
}

}  // namespace

void AddAmd64Operands(const cs_insn& decoded, Instruction& instruction) {
  AddExplicit(decoded, instruction);
  AddStackAccess(decoded, instruction);
  AddJump(decoded, instruction);
  instruction.may_divide_by_zero = decoded.id == X86_INS_DIV || decoded.id == X86_INS_IDIV;
  instruction.is_privileged = IsOneOf(kPrivileged, decoded.id) || UsesSystemRegister(decoded);
}

}  // namespace cairn::instruction
