// Thread contexts of every CPU, for tests.
//
// Like MinidumpBuilder they know the layouts by themselves, from winnt.h and Breakpad's minidump_cpu_*.h, and
// use nothing of wire/. Each has the integer registers of `registers`; unknown ones are zero, and so is all
// else but the flags.
#pragma once

#include <bit>
#include <cstddef>
#include <vector>

#include "model/registers.h"

namespace cairn::testing {

std::vector<std::byte> X86Context(const model::Registers& registers, std::endian order = std::endian::little);
// Breakpad's; Windows on ARM has another.
std::vector<std::byte> ArmContext(const model::Registers& registers, std::endian order = std::endian::little);
std::vector<std::byte> ArmWindowsContext(const model::Registers& registers);
// Microsoft's, which Crashpad and newer writers use, and Breakpad's older one with 64-bit flags.
std::vector<std::byte> Arm64Context(const model::Registers& registers,
                                    std::endian order = std::endian::little);
std::vector<std::byte> Arm64OldContext(const model::Registers& registers,
                                       std::endian order = std::endian::little);
// One layout for both; registers of 32 bits are extended by their sign, as MIPS itself does.
std::vector<std::byte> MipsContext(const model::Registers& registers,
                                   std::endian order = std::endian::little);
std::vector<std::byte> Mips64Context(const model::Registers& registers,
                                     std::endian order = std::endian::little);
std::vector<std::byte> RiscvContext(const model::Registers& registers,
                                    std::endian order = std::endian::little);
std::vector<std::byte> Riscv64Context(const model::Registers& registers,
                                      std::endian order = std::endian::little);

}  // namespace cairn::testing
