#include "formats/native_unwind/compact_encoding.h"

#include <array>

#include "formats/native_unwind/rule_building.h"
#include "model/registers.h"

namespace cairn::native {

using model::RegisterIndex;
using model::UnwindRow;

namespace {

constexpr std::uint32_t kModeMask = 0x0f000000;

// UNWIND_X86_64_MODE_* and UNWIND_X86_MODE_*: both CPUs have the same encodings with registers and words of
// their own.
constexpr std::uint32_t kIntelFrameMode = 0x01000000;
constexpr std::uint32_t kIntelImmediateMode = 0x02000000;
constexpr std::uint32_t kIntelIndirectMode = 0x03000000;
constexpr std::uint32_t kIntelDwarfMode = 0x04000000;

// UNWIND_ARM64_MODE_*
constexpr std::uint32_t kArm64FramelessMode = 0x02000000;
constexpr std::uint32_t kArm64DwarfMode = 0x03000000;
constexpr std::uint32_t kArm64FrameMode = 0x04000000;

constexpr std::size_t kIntelSavedRegisters = 6;

struct IntelCpu {
  std::int64_t word_bytes;
  RegisterIndex sp;
  RegisterIndex fp;
  std::array<RegisterIndex, kIntelSavedRegisters + 1> registers;  // By the encodings' numbers; 0 means none.
};
constexpr IntelCpu kX64 = {.word_bytes = 8,
                           .sp = model::kRsp,
                           .fp = model::kRbp,
                           .registers = {model::kNoRegister, model::kRbx, model::kR12, model::kR13,
                                         model::kR14, model::kR15, model::kRbp}};
constexpr IntelCpu kX86 = {.word_bytes = 4,
                           .sp = model::kEsp,
                           .fp = model::kEbp,
                           .registers = {model::kNoRegister, model::kEbx, model::kEcx, model::kEdx,
                                         model::kEdi, model::kEsi, model::kEbp}};

std::uint32_t Bits(std::uint32_t encoding, unsigned shift, unsigned width) {
  return encoding >> shift & ((1u << width) - 1);
}

// rbp points at the caller's rbp; up to five registers lie below, the first of them at `offset` words.
std::optional<UnwindRow> RowOfIntelFrame(const IntelCpu& cpu, std::uint32_t encoding) {
  UnwindRow row;
  row.cfa = RegisterPlus(cpu.fp, 2 * cpu.word_bytes);
  row.return_address = LoadFrom(CfaPlus(-cpu.word_bytes));
  row.registers.push_back({cpu.fp, LoadFrom(CfaPlus(-2 * cpu.word_bytes))});
  const std::int64_t offset = Bits(encoding, 16, 8);
  for (unsigned i = 0; i < 5; ++i) {
    const std::uint32_t number = Bits(encoding, i * 3, 3);
    if (number == 0) continue;
    if (number >= cpu.registers.size()) return std::nullopt;
    const std::int64_t place = (std::int64_t{i} - offset - 2) * cpu.word_bytes;
    row.registers.push_back({cpu.registers.at(number), LoadFrom(CfaPlus(place))});
  }
  return row;
}

// Which registers were saved in which order is one number below 6!: its digits, in a base that falls with
// every place, count among the registers not yet used.
std::optional<std::array<RegisterIndex, kIntelSavedRegisters>> ReadPermutation(const IntelCpu& cpu,
                                                                               std::uint32_t count,
                                                                               std::uint32_t permutation) {
  std::array<RegisterIndex, kIntelSavedRegisters> order{};
  std::array<bool, kIntelSavedRegisters + 1> used{};
  for (std::uint32_t place = 0; place < count; ++place) {
    // What the places behind this one can tell apart.
    std::uint32_t weight = 1;
    for (std::uint32_t later = place + 1; later < count; ++later) {
      weight *= static_cast<std::uint32_t>(kIntelSavedRegisters) - later;
    }
    std::uint32_t digit = permutation / weight;
    permutation %= weight;
    std::size_t number = 1;
    for (; number < used.size(); ++number) {
      if (used.at(number)) continue;
      if (digit == 0) break;
      --digit;
    }
    if (number == used.size()) return std::nullopt;
    used.at(number) = true;
    order.at(place) = cpu.registers.at(number);
  }
  return order;
}

// The registers lie below the return address, the last pushed lowest; `frame_bytes` reaches up to the CFA.
std::optional<UnwindRow> RowOfIntelFrameless(const IntelCpu& cpu, std::uint32_t encoding,
                                             std::int64_t frame_bytes) {
  const std::uint32_t count = Bits(encoding, 10, 3);
  if (count > kIntelSavedRegisters) return std::nullopt;
  const auto order = ReadPermutation(cpu, count, Bits(encoding, 0, 10));
  if (!order) return std::nullopt;
  UnwindRow row;
  row.cfa = RegisterPlus(cpu.sp, frame_bytes);
  row.return_address = LoadFrom(CfaPlus(-cpu.word_bytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int64_t place = (std::int64_t{i} - std::int64_t{count} - 1) * cpu.word_bytes;
    row.registers.push_back({order->at(i), LoadFrom(CfaPlus(place))});
  }
  return row;
}

std::optional<UnwindRow> RowOfIntelEncoding(const IntelCpu& cpu, std::uint32_t encoding,
                                            base::Bytes function) {
  const std::uint32_t size_field = Bits(encoding, 16, 8);
  switch (encoding & kModeMask) {
    case kIntelFrameMode: return RowOfIntelFrame(cpu, encoding);
    case kIntelImmediateMode: return RowOfIntelFrameless(cpu, encoding, size_field * cpu.word_bytes);
    case kIntelIndirectMode: {
      // The field is where the operand of "sub rsp, n" stands; pushes before it are counted apart.
      base::ByteReader reader(function);
      reader.Seek(size_field);
      const std::int64_t allocated = reader.Read<std::uint32_t>();
      if (!reader.ok()) return std::nullopt;
      return RowOfIntelFrameless(cpu, encoding, allocated + Bits(encoding, 13, 3) * cpu.word_bytes);
    }
    default: return std::nullopt;
  }
}

// x19 and x20 lie below `top`, then the other pairs whose bit is set; then pairs of vector registers, which a
// walk does not follow.
void AppendArm64Pairs(std::uint32_t encoding, std::int64_t top, UnwindRow& row) {
  constexpr RegisterIndex kFirstSaved = 19;
  constexpr unsigned kPairs = 5;
  std::int64_t place = top;
  for (unsigned pair = 0; pair < kPairs; ++pair) {
    if (Bits(encoding, pair, 1) == 0) continue;
    for (unsigned i = 0; i < 2; ++i) {
      place -= 8;
      const auto index = static_cast<RegisterIndex>(kFirstSaved + pair * 2 + i);
      row.registers.push_back({index, LoadFrom(CfaPlus(place))});
    }
  }
}

}  // namespace

bool IsDwarfEncoding(std::uint32_t encoding, model::Cpu cpu) {
  if (cpu == model::Cpu::kAmd64 || cpu == model::Cpu::kX86) {
    return (encoding & kModeMask) == kIntelDwarfMode;
  }
  return cpu == model::Cpu::kArm64 && (encoding & kModeMask) == kArm64DwarfMode;
}

std::optional<UnwindRow> RowOfX64Encoding(std::uint32_t encoding, base::Bytes function) {
  return RowOfIntelEncoding(kX64, encoding, function);
}

std::optional<UnwindRow> RowOfX86Encoding(std::uint32_t encoding, base::Bytes function) {
  return RowOfIntelEncoding(kX86, encoding, function);
}

std::optional<UnwindRow> RowOfArm64Encoding(std::uint32_t encoding) {
  UnwindRow row;
  switch (encoding & kModeMask) {
    case kArm64FrameMode:  // x29 points at the pair of the caller's x29 and x30.
      row.cfa = RegisterPlus(model::kArm64Fp, 16);
      row.return_address = LoadFrom(CfaPlus(-8));
      row.registers.push_back({model::kArm64Fp, LoadFrom(CfaPlus(-16))});
      AppendArm64Pairs(encoding, -16, row);
      return row;
    case kArm64FramelessMode:
      row.cfa = RegisterPlus(model::kArm64Sp, std::int64_t{Bits(encoding, 12, 12)} * 16);
      row.return_address = RegisterPlus(model::kArm64Lr, 0);
      AppendArm64Pairs(encoding, 0, row);
      return row;
    default: return std::nullopt;
  }
}

}  // namespace cairn::native
