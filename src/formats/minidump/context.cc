#include "formats/minidump/context.h"

#include <array>
#include <span>

#include "wire/context_layout.h"

namespace cairn::minidump {
namespace {

using model::Cpu;
using model::RegisterIndex;
using model::Registers;

// Registers that stand one behind the other.
struct Run {
  std::uint32_t offset;
  std::span<const RegisterIndex> order;
};

enum class FlagsWidth : std::uint8_t { k32Bits, k64Bits };

struct Layout {
  Cpu cpu;
  FlagsWidth flags_width;
  std::uint8_t register_bytes;
  std::uint32_t flags_offset;
  std::uint32_t cpu_flags;  // One of these bits must be set.
  std::span<const Run> runs;
};

constexpr RegisterIndex kAmd64Order[] = {model::kRax, model::kRcx, model::kRdx, model::kRbx, model::kRsp,
                                         model::kRbp, model::kRsi, model::kRdi, model::kR8,  model::kR9,
                                         model::kR10, model::kR11, model::kR12, model::kR13, model::kR14,
                                         model::kR15, model::kRip};
constexpr RegisterIndex kX86Order[] = {model::kEdi, model::kEsi, model::kEbx, model::kEdx,
                                       model::kEcx, model::kEax, model::kEbp, model::kEip};
constexpr RegisterIndex kX86Eflags[] = {model::kEflags};
constexpr RegisterIndex kX86Esp[] = {model::kEsp};

// The others are stored by number: 0 to 31, and 32 is the program counter of those that have it there.
constexpr std::array<RegisterIndex, 33> kByNumber = [] {
  std::array<RegisterIndex, 33> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<RegisterIndex>(i);
  return order;
}();
constexpr std::span<const RegisterIndex> kNumbers = kByNumber;

constexpr Run kAmd64Runs[] = {{wire::kContextAmd64RaxOffset, kAmd64Order}};
constexpr Run kX86Runs[] = {{wire::kContextX86EdiOffset, kX86Order},
                            {wire::kContextX86EflagsOffset, kX86Eflags},
                            {wire::kContextX86EspOffset, kX86Esp}};
constexpr Run kArmRuns[] = {{wire::kContextArmR0Offset, kNumbers.first(16)}};
constexpr Run kArm64Runs[] = {{wire::kContextArm64X0Offset, kNumbers}};
constexpr Run kArm64OldRuns[] = {{wire::kContextArm64OldX0Offset, kNumbers}};
constexpr Run kMipsRuns[] = {{wire::kContextMipsZeroOffset, kNumbers.first(32)},
                             {wire::kContextMipsEpcOffset, kNumbers.last(1)}};
constexpr Run kRiscvRuns[] = {{wire::kContextRiscvPcOffset, kNumbers.last(1)},
                              {wire::kContextRiscvPcOffset + 4, kNumbers.subspan(1, 31)}};
constexpr Run kRiscv64Runs[] = {{wire::kContextRiscvPcOffset, kNumbers.last(1)},
                                {wire::kContextRiscvPcOffset + 8, kNumbers.subspan(1, 31)}};

constexpr std::uint32_t kAnyArm = wire::kContextArm | wire::kContextArmWindows;
constexpr std::uint32_t kAnyMips = wire::kContextMips | wire::kContextMips64;

// Of one CPU the first whose flags fit. Microsoft's layout of arm64 stands before Breakpad's: the 64-bit
// flags of that one overlap the other's cpsr, which may have any bit set.
constexpr Layout kLayouts[] = {
    {Cpu::kAmd64, FlagsWidth::k32Bits, 8, wire::kContextAmd64FlagsOffset, wire::kContextAmd64, kAmd64Runs},
    {Cpu::kX86, FlagsWidth::k32Bits, 4, 0, wire::kContextX86, kX86Runs},
    {Cpu::kArm, FlagsWidth::k32Bits, 4, 0, kAnyArm, kArmRuns},
    {Cpu::kArm64, FlagsWidth::k32Bits, 8, 0, wire::kContextArm64, kArm64Runs},
    {Cpu::kArm64, FlagsWidth::k64Bits, 8, 0, wire::kContextArm64Old, kArm64OldRuns},
    {Cpu::kMips, FlagsWidth::k32Bits, 8, 0, kAnyMips, kMipsRuns},
    {Cpu::kMips64, FlagsWidth::k32Bits, 8, 0, kAnyMips, kMipsRuns},
    {Cpu::kRiscv, FlagsWidth::k32Bits, 4, 0, wire::kContextRiscv, kRiscvRuns},
    {Cpu::kRiscv64, FlagsWidth::k32Bits, 8, 0, wire::kContextRiscv64, kRiscv64Runs},
};

bool FlagsFit(const Layout& layout, base::ByteReader reader) {
  reader.Seek(layout.flags_offset);
  const std::uint64_t flags =
      layout.flags_width == FlagsWidth::k32Bits ? reader.Read<std::uint32_t>() : reader.Read<std::uint64_t>();
  return (flags & layout.cpu_flags) != 0;
}

std::optional<Registers> ReadRuns(const Layout& layout, base::ByteReader reader) {
  // Registers of 32-bit MIPS fill half of their 64 bits, and the rest may be copies of the sign.
  const std::uint64_t mask = model::PointerBytes(layout.cpu) == 4 ? 0xffffffff : ~std::uint64_t{0};
  Registers registers;
  for (const Run& run : layout.runs) {
    reader.Seek(run.offset);
    for (const RegisterIndex index : run.order) {
      const std::uint64_t value =
          layout.register_bytes == 4 ? reader.Read<std::uint32_t>() : reader.Read<std::uint64_t>();
      registers.Set(index, value & mask);
    }
  }
  if (!reader.ok()) return std::nullopt;
  return registers;
}

}  // namespace

std::optional<Registers> ReadContext(const Minidump& dump, base::Bytes context, Cpu cpu) {
  const base::ByteReader reader = dump.Reader(context);
  for (const Layout& layout : kLayouts) {
    if (layout.cpu == cpu && FlagsFit(layout, reader)) return ReadRuns(layout, reader);
  }
  return std::nullopt;
}

}  // namespace cairn::minidump
