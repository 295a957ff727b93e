#include "formats/native_unwind/compact_encoding.h"

#include <array>

#include "formats/native_unwind/rule_building.h"
#include "model/registers.h"

namespace cairn::native {

using model::RegisterIndex;
using model::UnwindRow;

namespace {

constexpr std::uint32_t kModeMask = 0x0f000000;

// UNWIND_X86_64_MODE_*
constexpr std::uint32_t kX64FrameMode = 0x01000000;
constexpr std::uint32_t kX64ImmediateMode = 0x02000000;
constexpr std::uint32_t kX64IndirectMode = 0x03000000;
constexpr std::uint32_t kX64DwarfMode = 0x04000000;
constexpr std::int64_t kX64WordBytes = 8;

// UNWIND_ARM64_MODE_*
constexpr std::uint32_t kArm64FramelessMode = 0x02000000;
constexpr std::uint32_t kArm64DwarfMode = 0x03000000;
constexpr std::uint32_t kArm64FrameMode = 0x04000000;

constexpr std::size_t kX64SavedRegisters = 6;
// The numbers 1 to 6 of amd64's encodings; 0 means none.
constexpr std::array<RegisterIndex, kX64SavedRegisters + 1> kX64Registers = {
    model::kNoRegister, model::kRbx, model::kR12, model::kR13, model::kR14, model::kR15, model::kRbp};

std::uint32_t Bits(std::uint32_t encoding, unsigned shift, unsigned width) {
  return encoding >> shift & ((1u << width) - 1);
}

// rbp points at the caller's rbp; up to five registers lie below, the first of them at `offset` words.
std::optional<UnwindRow> RowOfX64Frame(std::uint32_t encoding) {
  UnwindRow row;
  row.cfa = RegisterPlus(model::kRbp, 2 * kX64WordBytes);
  row.return_address = LoadFrom(CfaPlus(-kX64WordBytes));
  row.registers.push_back({model::kRbp, LoadFrom(CfaPlus(-2 * kX64WordBytes))});
  const std::int64_t offset = Bits(encoding, 16, 8);
  for (unsigned i = 0; i < 5; ++i) {
    const std::uint32_t number = Bits(encoding, i * 3, 3);
    if (number == 0) continue;
    if (number >= kX64Registers.size()) return std::nullopt;
    const std::int64_t place = (std::int64_t{i} - offset - 2) * kX64WordBytes;
    row.registers.push_back({kX64Registers.at(number), LoadFrom(CfaPlus(place))});
  }
  return row;
}

// Which registers were saved in which order is one number below 6!: its digits, in a base that falls with
// every place, count among the registers not yet used.
std::optional<std::array<RegisterIndex, kX64SavedRegisters>> ReadPermutation(std::uint32_t count,
                                                                             std::uint32_t permutation) {
  std::array<RegisterIndex, kX64SavedRegisters> order{};
  std::array<bool, kX64SavedRegisters + 1> used{};
  for (std::uint32_t place = 0; place < count; ++place) {
    // What the places behind this one can tell apart.
    std::uint32_t weight = 1;
    for (std::uint32_t later = place + 1; later < count; ++later) {
      weight *= static_cast<std::uint32_t>(kX64SavedRegisters) - later;
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
    order.at(place) = kX64Registers.at(number);
  }
  return order;
}

// The registers lie below the return address, the last pushed lowest; `frame_bytes` reaches up to the CFA.
std::optional<UnwindRow> RowOfX64Frameless(std::uint32_t encoding, std::int64_t frame_bytes) {
  const std::uint32_t count = Bits(encoding, 10, 3);
  if (count > kX64SavedRegisters) return std::nullopt;
  const auto order = ReadPermutation(count, Bits(encoding, 0, 10));
  if (!order) return std::nullopt;
  UnwindRow row;
  row.cfa = RegisterPlus(model::kRsp, frame_bytes);
  row.return_address = LoadFrom(CfaPlus(-kX64WordBytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int64_t place = (std::int64_t{i} - std::int64_t{count} - 1) * kX64WordBytes;
    row.registers.push_back({order->at(i), LoadFrom(CfaPlus(place))});
  }
  return row;
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
  if (cpu == model::Cpu::kAmd64) return (encoding & kModeMask) == kX64DwarfMode;
  return cpu == model::Cpu::kArm64 && (encoding & kModeMask) == kArm64DwarfMode;
}

std::optional<UnwindRow> RowOfX64Encoding(std::uint32_t encoding, base::Bytes function) {
  const std::uint32_t size_field = Bits(encoding, 16, 8);
  switch (encoding & kModeMask) {
    case kX64FrameMode: return RowOfX64Frame(encoding);
    case kX64ImmediateMode: return RowOfX64Frameless(encoding, size_field * kX64WordBytes);
    case kX64IndirectMode: {
      // The field is where the operand of "sub rsp, n" stands; pushes before it are counted apart.
      base::ByteReader reader(function);
      reader.Seek(size_field);
      const std::int64_t allocated = reader.Read<std::uint32_t>();
      if (!reader.ok()) return std::nullopt;
      return RowOfX64Frameless(encoding, allocated + Bits(encoding, 13, 3) * kX64WordBytes);
    }
    default: return std::nullopt;
  }
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
