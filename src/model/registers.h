// The registers of one thread, or what an unwinder knows of them in one frame.
//
// A register is an index into its CPU's table; on amd64 the index is the DWARF number, so that unwind tables
// and registers speak the same language. A register without a value is unknown, which differs from zero.
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

// What a CPU calls its registers, without "$", and which of them steer an unwind.
struct RegisterTable {
  std::span<const std::string_view> names;
  RegisterIndex pc;
  RegisterIndex sp;
  RegisterIndex fp;
  std::span<const RegisterIndex> callee_saved;
};

// The table of a CPU, or nothing for a CPU that Cairn does not unwind.
const RegisterTable* FindRegisterTable(Cpu cpu);

// The index of a register by its name without "$".
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
