// macOS and iOS: Mach exceptions, from mach/exception_types.h, mach/kern_return.h and mach/i386/exception.h.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

enum Exception : std::uint32_t {
  kBadAccess = 1,
  kBadInstruction = 2,
  kArithmetic = 3,
  kSoftware = 5,
  kBreakpoint = 6
};

constexpr CodeName kExceptions[] = {
    {kBadAccess, "EXC_BAD_ACCESS"},
    {kBadInstruction, "EXC_BAD_INSTRUCTION"},
    {kArithmetic, "EXC_ARITHMETIC"},
    {4, "EXC_EMULATION"},
    {kSoftware, "EXC_SOFTWARE"},
    {kBreakpoint, "EXC_BREAKPOINT"},
    {7, "EXC_SYSCALL"},
    {8, "EXC_MACH_SYSCALL"},
    {9, "EXC_RPC_ALERT"},
    {10, "EXC_CRASH"},
    {11, "EXC_RESOURCE"},
    {12, "EXC_GUARD"},
    {13, "EXC_CORPSE_NOTIFY"},
    {0x43506e78, "Uncaught NSException"},  // Crashpad's "CPnx".
};

constexpr CodeName kAccessCodes[] = {
    {1, "KERN_INVALID_ADDRESS"}, {2, "KERN_PROTECTION_FAILURE"}, {8, "KERN_NO_ACCESS"},
    {9, "KERN_MEMORY_FAILURE"},  {10, "KERN_MEMORY_ERROR"},      {50, "KERN_CODESIGN_ERROR"},
};
constexpr CodeName kSoftwareCodes[] = {{0x10000, "SIGSYS"}, {0x10001, "SIGPIPE"}, {0x10002, "SIGABRT"}};

constexpr CodeName kX86AccessCodes[] = {{13, "EXC_I386_GPFLT"}};
constexpr CodeName kX86InstructionCodes[] = {
    {1, "EXC_I386_INVOP"}, {11, "EXC_I386_SEGNPFLT"}, {12, "EXC_I386_STKFLT"}};
constexpr CodeName kX86ArithmeticCodes[] = {
    {1, "EXC_I386_DIV"}, {2, "EXC_I386_INTO"}, {5, "EXC_I386_EXTERR"}};
constexpr CodeName kX86BreakpointCodes[] = {{1, "EXC_I386_SGL"}, {2, "EXC_I386_BPT"}};

struct ExceptionCodes {
  std::uint32_t exception;
  bool only_x86;
  std::span<const CodeName> codes;
};
constexpr ExceptionCodes kCodes[] = {
    {kBadAccess, false, kAccessCodes},        {kSoftware, false, kSoftwareCodes},
    {kBadAccess, true, kX86AccessCodes},      {kBadInstruction, true, kX86InstructionCodes},
    {kArithmetic, true, kX86ArithmeticCodes}, {kBreakpoint, true, kX86BreakpointCodes},
};

}  // namespace

Reason ReadMacReason(model::Cpu cpu, const ExceptionNumbers& exception) {
  const bool is_x86 = cpu == model::Cpu::kX86 || cpu == model::Cpu::kAmd64;
  Reason reason{{}, model::ProcessAddress{exception.address}};
  const std::string_view name = FindName(kExceptions, exception.code);
  if (name.empty()) {
    reason.text = UnknownException(exception.code, exception.flags);
    return reason;
  }
  reason.text = std::string(name);
  for (const ExceptionCodes& row : kCodes) {
    if (row.exception != exception.code || (row.only_x86 && !is_x86)) continue;
    if (const std::string_view code = FindName(row.codes, exception.flags); !code.empty()) {
      return {reason.text + " / " + std::string(code), reason.address};
    }
  }
  if (exception.code <= 13) reason.text += " / " + base::ToAddress(exception.flags, 8);
  return reason;
}

}  // namespace cairn::crash
