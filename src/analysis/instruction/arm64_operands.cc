#include "analysis/instruction/arm64_operands.h"

#include <optional>

namespace cairn::instruction {
namespace {

using crash::AddressForm;
using crash::Instruction;
using crash::Jump;
using crash::MemoryOperand;
using model::AccessKind;

// Bits [first, first + count) of an instruction.
constexpr std::uint32_t Bits(std::uint32_t word, int first, int count) {
  return word >> first & ((1u << count) - 1);
}
constexpr bool Bit(std::uint32_t word, int bit) { return Bits(word, bit, 1) != 0; }

// The same as a number with a sign.
constexpr std::int64_t SignedBits(std::uint32_t word, int first, int count) {
  const std::int64_t value = Bits(word, first, count);
  return value >> (count - 1) != 0 ? value - (std::int64_t{1} << count) : value;
}

// Rn, where 31 is the stack pointer as in the table of registers.
constexpr model::RegisterIndex BaseOf(std::uint32_t word) {
  return static_cast<model::RegisterIndex>(Bits(word, 5, 5));
}

constexpr AccessKind LoadOrStore(bool is_load) { return is_load ? AccessKind::kRead : AccessKind::kWrite; }

// One access at base + displacement.
MemoryOperand At(std::uint32_t word, std::int64_t displacement, std::uint32_t size, AccessKind kind) {
  return {.form = {.base = BaseOf(word), .displacement = displacement}, .size = size, .kind = kind};
}

using Operand = std::optional<MemoryOperand>;

// Size and direction of loads and stores of one register, in all their address forms.
struct Transfer {
  std::uint32_t scale = 0;  // The size is 1 << scale bytes.
  AccessKind kind = AccessKind::kUnknown;
};

// Nothing for a prefetch, which never faults, and for encodings that are not allocated.
std::optional<Transfer> TransferOf(std::uint32_t word) {
  const std::uint32_t size = Bits(word, 30, 2);
  const std::uint32_t operation = Bits(word, 22, 2);
  const bool is_vector = Bit(word, 26);
  if (is_vector) {
    const bool is_wide = (operation & 2) != 0;
    if (is_wide && size != 0) return std::nullopt;
    return Transfer{is_wide ? 4 : size, LoadOrStore((operation & 1) != 0)};
  }
  if (operation == 3 && size >= 2) return std::nullopt;
  if (operation == 2 && size == 3) return std::nullopt;  // PRFM, PRFUM
  return Transfer{size, LoadOrStore(operation != 0)};
}

// LDR (literal), LDRSW (literal).
Operand Literal(std::uint32_t word) {
  const std::uint32_t operation = Bits(word, 30, 2);
  const bool is_vector = Bit(word, 26);
  if (operation == 3) return std::nullopt;  // PRFM (literal), or not allocated.
  std::uint32_t size = operation == 1 ? 8 : 4;
  if (is_vector) size = 4u << operation;
  return MemoryOperand{.form = {.base = model::kArm64Pc, .displacement = SignedBits(word, 5, 19) * 4},
                       .size = size,
                       .kind = AccessKind::kRead};
}

// LDP, STP, LDNP, STNP, LDPSW, STGP; LDTP and STTP of Armv9.6.
Operand Pair(std::uint32_t word) {
  const std::uint32_t operation = Bits(word, 30, 2);
  const bool is_vector = Bit(word, 26);
  const bool is_load = Bit(word, 22);
  constexpr std::uint32_t kPostIndex = 1;
  std::uint32_t element = operation >= 2 ? 8 : 4;
  std::uint32_t size = 2 * element;
  if (is_vector) {
    element = operation == 3 ? 16 : 4u << operation;
    size = 2 * element;
  } else if (operation == 1 && !is_load) {  // STGP: two registers and the tag of their 16 bytes.
    element = 16;
    size = 16;
  }
  const std::int64_t displacement = SignedBits(word, 15, 7) * element;
  return At(word, Bits(word, 23, 2) == kPostIndex ? 0 : displacement, size, LoadOrStore(is_load));
}

// LDR and STR with an immediate of 12 bits.
Operand UnsignedOffset(std::uint32_t word) {
  const std::optional<Transfer> transfer = TransferOf(word);
  if (!transfer) return std::nullopt;
  return At(word, std::int64_t{Bits(word, 10, 12)} << transfer->scale, 1u << transfer->scale, transfer->kind);
}

// LDUR, STUR, LDTR, STTR and the forms that write the base back.
Operand SmallOffset(std::uint32_t word) {
  const std::optional<Transfer> transfer = TransferOf(word);
  if (!transfer) return std::nullopt;
  constexpr std::uint32_t kPostIndex = 1;
  const std::int64_t displacement = Bits(word, 10, 2) == kPostIndex ? 0 : SignedBits(word, 12, 9);
  return At(word, displacement, 1u << transfer->scale, transfer->kind);
}

// LDR and STR with a register as offset.
Operand RegisterOffset(std::uint32_t word) {
  const std::optional<Transfer> transfer = TransferOf(word);
  if (!transfer) return std::nullopt;
  MemoryOperand operand = At(word, 0, 1u << transfer->scale, transfer->kind);
  const auto index = static_cast<model::RegisterIndex>(Bits(word, 16, 5));
  constexpr model::RegisterIndex kZeroRegister = 31;
  if (index == kZeroRegister) return operand;
  operand.form.index = index;
  switch (Bits(word, 13, 3)) {
    case 2: operand.form.index_extend = AddressForm::Extend::kUnsigned32; break;
    case 6: operand.form.index_extend = AddressForm::Extend::kSigned32; break;
    case 3:
    case 7: break;
    default: return std::nullopt;
  }
  if (Bit(word, 12)) operand.form.shift = static_cast<std::uint8_t>(transfer->scale);
  return operand;
}

// LDADD, SWP and the like; LDAPR; LD64B and ST64B.
Operand Atomic(std::uint32_t word) {
  const std::uint32_t operation = Bits(word, 12, 4);  // o3 and opc.
  const std::uint32_t size = 1u << Bits(word, 30, 2);
  constexpr std::uint32_t kLoadAcquire = 0b1100;
  constexpr std::uint32_t kLoad64 = 0b1101;
  if (operation == kLoadAcquire && Bits(word, 16, 5) == 31) return At(word, 0, size, AccessKind::kRead);
  if (size == 8 && operation == kLoad64) return At(word, 0, 64, AccessKind::kRead);
  // ST64B, ST64BV0, ST64BV: o3 with opc 1 to 3.
  if (size == 8 && operation >= 0b1001 && operation <= 0b1011) return At(word, 0, 64, AccessKind::kWrite);
  return At(word, 0, size, AccessKind::kReadWrite);
}

// LDXR, STXR, LDAR, STLR, the pairs of them, CAS and CASP.
Operand Exclusive(std::uint32_t word) {
  const std::uint32_t size = 1u << Bits(word, 30, 2);
  const bool is_ordered = Bit(word, 23);
  const bool is_load = Bit(word, 22);
  const bool is_pair_or_compare = Bit(word, 21);
  if (!is_pair_or_compare) return At(word, 0, size, LoadOrStore(is_load));
  if (is_ordered) return At(word, 0, size, AccessKind::kReadWrite);  // CAS
  const std::uint32_t pair = Bit(word, 30) ? 16 : 8;
  if (!Bit(word, 31)) return At(word, 0, pair, AccessKind::kReadWrite);  // CASP
  return At(word, 0, pair, LoadOrStore(is_load));
}

// LDAPUR and STLUR, also of vectors.
Operand OrderedOffset(std::uint32_t word) {
  const std::optional<Transfer> transfer = TransferOf(word);
  if (!transfer) return std::nullopt;
  return At(word, SignedBits(word, 12, 9), 1u << transfer->scale, transfer->kind);
}

// LDIAPP and STILP, a pair in order: from the base, or for a store that moves the base first, below it.
Operand OrderedPair(std::uint32_t word) {
  const std::int64_t size = Bit(word, 30) ? 16 : 8;
  const bool is_load = Bit(word, 22);
  const bool moves_base = Bits(word, 12, 4) == 0;
  return At(word, !is_load && moves_base ? -size : 0, static_cast<std::uint32_t>(size), LoadOrStore(is_load));
}

// SWPP, LDCLRP and LDSETP: 16 bytes at once.
Operand Atomic128(std::uint32_t word) { return At(word, 0, 16, AccessKind::kReadWrite); }

// STG, STZG, ST2G, STZ2G and LDG: tags of 16 bytes of memory each.
Operand Tags(std::uint32_t word) {
  const std::uint32_t operation = Bits(word, 22, 2);
  const std::uint32_t form = Bits(word, 10, 2);
  constexpr std::uint32_t kPostIndex = 1;
  const std::int64_t displacement = SignedBits(word, 12, 9) * 16;
  if (form == 0) {
    if (operation != 1)
      return At(word, 0, 0, LoadOrStore(operation == 3));  // LDGM, STGM, STZGM: as many as one load.
    return At(word, displacement, 16, AccessKind::kRead);
  }
  return At(word, form == kPostIndex ? 0 : displacement, operation >= 2 ? 32 : 16, AccessKind::kWrite);
}

// LD1 to LD4 and ST1 to ST4 of whole registers.
Operand Structures(std::uint32_t word) {
  const std::uint32_t bytes = Bit(word, 30) ? 16 : 8;
  std::uint32_t registers = 0;
  switch (Bits(word, 12, 4)) {
    case 0b0000:
    case 0b0010: registers = 4; break;
    case 0b0100:
    case 0b0110: registers = 3; break;
    case 0b1000:
    case 0b1010: registers = 2; break;
    case 0b0111: registers = 1; break;
    default: return std::nullopt;
  }
  return At(word, 0, registers * bytes, LoadOrStore(Bit(word, 22)));
}

// The same of one lane of each register, and LD1R to LD4R.
Operand Lanes(std::uint32_t word) {
  const std::uint32_t operation = Bits(word, 13, 3);
  const std::uint32_t registers = ((operation & 1) << 1 | Bits(word, 21, 1)) + 1;
  const std::uint32_t size = Bits(word, 10, 2);
  std::uint32_t scale = operation >> 1;
  if (scale == 2 && (size & 1) != 0)
    scale = 3;
  else if (scale == 3)
    scale = size;  // All lanes get the same.
  return At(word, 0, registers << scale, LoadOrStore(Bit(word, 22)));
}

// DC ZVA, DC GVA and DC GZVA clear a block. 64 bytes is its size on every CPU that processes run on
// (DCZID_EL0).
Operand ClearBlock(std::uint32_t word) {
  const auto base = static_cast<model::RegisterIndex>(Bits(word, 0, 5));
  constexpr model::RegisterIndex kZeroRegister = 31;
  return MemoryOperand{.form = {.base = base == kZeroRegister ? model::kNoRegister : base},
                       .size = 64,
                       .kind = AccessKind::kWrite};
}

// A group of encodings: those whose bits under `mask` are `value`. The first that fits counts.
struct Group {
  std::uint32_t mask;
  std::uint32_t value;
  Operand (*operand)(std::uint32_t word);  // Null: the accesses are not known.
};

constexpr Group kGroups[] = {
    {0x3b000000, 0x18000000, Literal},
    {0x3a000000, 0x28000000, Pair},
    {0x3b000000, 0x39000000, UnsignedOffset},
    {0x3b200c00, 0x38200800, RegisterOffset},
    {0x3f200c00, 0x38200000, Atomic},
    {0x3b200000, 0x38000000, SmallOffset},
    {0x3b000000, 0x38000000, nullptr},  // LDRAA and LDRAB, and what is not allocated.
    {0x3f000000, 0x08000000, Exclusive},
    {0xff200000, 0xd9200000, Tags},
    {0xff200c00, 0x19200000, Atomic128},
    {0xbf200c00, 0x99000800, OrderedPair},
    {0x3f200c00, 0x19000000, OrderedOffset},
    {0x3f200c00, 0x1d000800, OrderedOffset},
    {0x3b000000, 0x19000000, nullptr},  // Memory copies and sets, and what is not allocated.
    {0xbfbf0000, 0x0c000000, Structures},
    {0xbfa00000, 0x0c800000, Structures},
    {0xbf9f0000, 0x0d000000, Lanes},
    {0xbf800000, 0x0d800000, Lanes},
    {0xffffffe0, 0xd50b7420, ClearBlock},
    {0xffffffe0, 0xd50b7460, ClearBlock},
    {0xffffffe0, 0xd50b7480, ClearBlock},
    // Whatever else is in "Loads and Stores" (C4.1), and loads and stores of scalable vectors.
    {0x0a000000, 0x08000000, nullptr},
    {0x9e000000, 0x84000000, nullptr},
};

void AddJump(std::uint32_t word, model::ProcessAddress pc, Instruction& instruction) {
  if ((word & 0x7c000000) == 0x14000000) {  // B and BL
    const auto distance = static_cast<std::uint64_t>(SignedBits(word, 0, 26) * 4);
    instruction.jump = Jump{.address = {pc.value + distance}};
  }
  constexpr std::uint32_t kLastBranch = 2;  // BR, BLR, RET; forms with authentication have other bits.
  if ((word & 0xff9ffc1f) == 0xd61f0000 && Bits(word, 21, 2) <= kLastBranch) {
    const auto target = static_cast<model::RegisterIndex>(Bits(word, 5, 5));
    if (target != model::kArm64Sp) {
      instruction.jump = Jump{.source = Jump::Source::kRegister, .register_index = target};
    }
  }
}

}  // namespace

void AddArm64Operands(std::uint32_t word, model::ProcessAddress pc, Instruction& instruction) {
  for (const Group& group : kGroups) {
    if ((word & group.mask) != group.value) continue;
    if (group.operand == nullptr) {
      instruction.operands_complete = false;
    } else if (const Operand operand = group.operand(word)) {
      instruction.operands.push_back(*operand);
    }
    break;
  }
  AddJump(word, pc, instruction);
  // Division never traps. Compilers for Windows check the divisor and then run BRK #0xf003.
  constexpr std::uint32_t kBreakOnZeroDivisor = 0xd43e0060;
  instruction.may_divide_by_zero = word == kBreakOnZeroDivisor;
  // Which of its system registers a process may use, no table here says: any MSR, MRS or SYS counts.
  instruction.is_privileged = (word & 0xffc00000) == 0xd5000000 || (word & 0xffe0001f) == 0xd4000002 ||
                              (word & 0xffe0001f) == 0xd4000003 || word == 0xd69f03e0;
}

}  // namespace cairn::instruction
