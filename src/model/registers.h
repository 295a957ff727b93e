// The registers of one thread, or what an unwinder knows of them in one frame.
//
// A register is an index into its CPU's table; the index is the CPU's DWARF number, so that unwind tables and
// registers speak the same language. A register without a value is unknown, which differs from zero.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/system.h"

namespace cairn::model {

using RegisterIndex = std::uint8_t;

inline constexpr int kMaxRegisters = 64;

// amd64, numbered as in the System V psABI for x86-64, figure 3.36.
enum Amd64Register : RegisterIndex {
  kRax,
  kRdx,
  kRcx,
  kRbx,
  kRsi,
  kRdi,
  kRbp,
  kRsp,
  kR8,
  kR9,
  kR10,
  kR11,
  kR12,
  kR13,
  kR14,
  kR15,
  kRip,
};

// x86, numbered as in the System V psABI for i386, table 2.14.
enum X86Register : RegisterIndex { kEax, kEcx, kEdx, kEbx, kEsp, kEbp, kEsi, kEdi, kEip, kEflags };

// 32-bit ARM: r0 is 0 and so on up to pc (DWARF for the Arm architecture, AADWARF32). r7 is the frame pointer
// of iOS.
enum ArmRegister : RegisterIndex {
  kArmR0 = 0,
  kArmR7 = 7,
  kArmFp = 11,
  kArmSp = 13,
  kArmLr = 14,
  kArmPc = 15
};

// arm64: x0 is 0 and so on (AADWARF64, where 32 is the program counter).
enum Arm64Register : RegisterIndex {
  kArm64X0 = 0,
  kArm64Fp = 29,
  kArm64Lr = 30,
  kArm64Sp = 31,
  kArm64Pc = 32
};

// MIPS of both widths: $0 is 0 and so on; the program counter has no DWARF number and stands behind them.
enum MipsRegister : RegisterIndex { kMipsGp = 28, kMipsSp = 29, kMipsFp = 30, kMipsRa = 31, kMipsPc = 32 };

// RISC-V: x0 is 0 and so on (RISC-V DWARF specification); the program counter stands behind them.
enum RiscvRegister : RegisterIndex { kRiscvRa = 1, kRiscvSp = 2, kRiscvS0 = 8, kRiscvPc = 32 };

inline constexpr RegisterIndex kNoRegister = 0xff;

// Another name of a register, as symbol files and disassemblers may use it.
struct RegisterAlias {
  std::string_view name;
  RegisterIndex index = 0;
};

// What a CPU calls its registers, without "$", and which of them steer an unwind.
struct RegisterTable {
  std::span<const std::string_view> names;
  std::span<const RegisterAlias> aliases;
  RegisterIndex pc;
  RegisterIndex sp;
  RegisterIndex fp;
  RegisterIndex link = kNoRegister;  // Holds the return address of a function that calls nothing.
  std::span<const RegisterIndex> callee_saved;
};

// The table of a CPU, or nothing for a CPU that Cairn does not unwind.
const RegisterTable* FindRegisterTable(Cpu cpu);

// The index of a register by its name or alias without "$".
std::optional<RegisterIndex> FindRegister(const RegisterTable& table, std::string_view name);

class Registers {
 public:
  std::optional<std::uint64_t> Get(RegisterIndex index) const {
    if (index >= kMaxRegisters || (valid_ >> index & 1) == 0) return std::nullopt;
    return values_[index];
  }
  void Set(RegisterIndex index, std::uint64_t value) {
    if (index >= kMaxRegisters) return;
    values_[index] = value;
    valid_ |= std::uint64_t{1} << index;
  }
  void Clear(RegisterIndex index) {
    if (index < kMaxRegisters) valid_ &= ~(std::uint64_t{1} << index);
  }

 private:
  std::array<std::uint64_t, kMaxRegisters> values_{};
  std::uint64_t valid_ = 0;
};

}  // namespace cairn::model
