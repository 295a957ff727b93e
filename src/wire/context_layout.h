// Where the integer registers stand in the thread contexts of each CPU but amd64, whose layout is in
// wire/minidump.h because Cairn writes it too.
//
// Sources: winnt.h of the Windows SDK (CONTEXT of x86, ARM and ARM64_NT_CONTEXT); Breakpad's published
// headers minidump_cpu_arm.h, minidump_cpu_arm64.h, minidump_cpu_mips.h and minidump_cpu_riscv.h for what
// Windows has no context of, or none of this shape. Offsets and sizes are bytes of the file, numbers in its
// byte order. Behind the fixed size there may be extended state (XSAVE), which is at most 16 KiB in dumps
// that were seen.
//
// ContextFlags names the CPU by one bit and the parts that are filled by low bits. Writers set other high
// bits as well: winnt.h has CONTEXT_EXCEPTION_ACTIVE 0x08000000 up to CONTEXT_EXCEPTION_REPORTING 0x80000000,
// so that only the CPU's own bit says something.
#pragma once

#include <cstdint>

namespace cairn::wire {

// x86: CONTEXT. Flags u32, debug registers, FLOATING_SAVE_AREA, then gs fs es ds, edi esi ebx edx ecx eax,
// ebp eip cs eflags esp ss, 512 bytes of FXSAVE.
inline constexpr std::uint32_t kContextX86 = 0x00010000;
inline constexpr std::uint32_t kContextX86Size = 716;
inline constexpr std::uint32_t kContextX86EdiOffset = 0x9c;  // edi esi ebx edx ecx eax ebp eip
inline constexpr std::uint32_t kContextX86EflagsOffset = 0xc0;
inline constexpr std::uint32_t kContextX86EspOffset = 0xc4;

// 32-bit ARM: MDRawContextARM. Flags u32, r0 to r15 u32, cpsr, then VFP. CONTEXT of Windows on ARM has the
// same beginning, another bit and 416 bytes.
inline constexpr std::uint32_t kContextArm = 0x40000000;
inline constexpr std::uint32_t kContextArmWindows = 0x00200000;
inline constexpr std::uint32_t kContextArmSize = 368;
inline constexpr std::uint32_t kContextArmR0Offset = 4;

// arm64: ARM64_NT_CONTEXT. Flags u32, cpsr u32, x0 to x30, sp, pc, then vector registers.
inline constexpr std::uint32_t kContextArm64 = 0x00400000;
inline constexpr std::uint32_t kContextArm64Size = 912;
inline constexpr std::uint32_t kContextArm64X0Offset = 8;

// arm64 of older Breakpad: MDRawContextARM64_Old. Flags u64, x0 to x30, sp, pc, cpsr u32, then vector
// registers; packed to 4 bytes.
inline constexpr std::uint32_t kContextArm64Old = 0x80000000;
inline constexpr std::uint32_t kContextArm64OldSize = 796;
inline constexpr std::uint32_t kContextArm64OldX0Offset = 8;

// MIPS of both widths: MDRawContextMIPS. Flags u32, padding, $0 to $31 as u64, mdhi mdlo u64, hi[3] lo[3] and
// dsp_control u32, padding, epc u64 (the program counter), badvaddr, status, cause, then floating point.
inline constexpr std::uint32_t kContextMips = 0x00040000;
inline constexpr std::uint32_t kContextMips64 = 0x00080000;
inline constexpr std::uint32_t kContextMipsSize = 600;
inline constexpr std::uint32_t kContextMipsZeroOffset = 8;
inline constexpr std::uint32_t kContextMipsEpcOffset = 312;

// RISC-V: MDRawContextRISCV and MDRawContextRISCV64. Flags u32, version u32, pc, x1 to x31 of the CPU's
// width, then floating point.
inline constexpr std::uint32_t kContextRiscv = 0x00800000;
inline constexpr std::uint32_t kContextRiscvSize = 268;
inline constexpr std::uint32_t kContextRiscv64 = 0x08000000;
inline constexpr std::uint32_t kContextRiscv64Size = 524;
inline constexpr std::uint32_t kContextRiscvPcOffset = 8;

}  // namespace cairn::wire
