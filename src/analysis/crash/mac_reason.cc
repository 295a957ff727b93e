// macOS and iOS: Mach exceptions, from mach/exception_types.h, mach/kern_return.h and mach/{arm,i386,ppc}/
// exception.h of Apple's kernel sources.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

enum Exception : std::uint32_t {
  kBadAccess = 1,
  kBadInstruction = 2,
  kArithmetic = 3,
  kSoftware = 5,
  kBreakpoint = 6,
  kResource = 11,
  kGuard = 12,
};

// The last exception of the kernel; the numbers above it are Crashpad's own.
constexpr std::uint32_t kMaxKernelException = 13;

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
    {kResource, "EXC_RESOURCE"},
    {kGuard, "EXC_GUARD"},
    {kMaxKernelException, "EXC_CORPSE_NOTIFY"},
    {0x43506e78, "Uncaught NSException"},  // "CPnx", of an Objective-C exception that nobody caught.
    {0x43507378, "Simulated Exception"},   // "CPsx", of DumpWithoutCrash.
};

constexpr CodeName kAccessCodes[] = {
    {1, "KERN_INVALID_ADDRESS"}, {2, "KERN_PROTECTION_FAILURE"}, {5, "KERN_FAILURE"},
    {8, "KERN_NO_ACCESS"},       {9, "KERN_MEMORY_FAILURE"},     {10, "KERN_MEMORY_ERROR"},
    {50, "KERN_CODESIGN_ERROR"},
};
// 0xdeadc0de is Breakpad's, of an exception handler of its own.
constexpr CodeName kSoftwareCodes[] = {
    {0x10000, "SIGSYS"}, {0x10001, "SIGPIPE"}, {0x10002, "SIGABRT"}, {0xdeadc0de, "UNCAUGHT_NS_EXCEPTION"}};

constexpr CodeName kX86AccessCodes[] = {{13, "EXC_I386_GPFLT"}};
// Behind the first, the numbers are those of the CPU's interrupts.
constexpr CodeName kX86InstructionCodes[] = {{1, "EXC_I386_INVOP"},     {10, "EXC_I386_INVTSSFLT"},
                                             {11, "EXC_I386_SEGNPFLT"}, {12, "EXC_I386_STKFLT"},
                                             {13, "EXC_I386_GPFLT"},    {17, "EXC_I386_ALIGNFLT"}};
constexpr CodeName kX86ArithmeticCodes[] = {
    {1, "EXC_I386_DIV"},    {2, "EXC_I386_INTO"},  {3, "EXC_I386_NOEXT"}, {4, "EXC_I386_EXTOVR"},
    {5, "EXC_I386_EXTERR"}, {6, "EXC_I386_EMERR"}, {7, "EXC_I386_BOUND"}, {8, "EXC_I386_SSEEXTERR"}};
constexpr CodeName kX86BreakpointCodes[] = {{1, "EXC_I386_SGL"}, {2, "EXC_I386_BPT"}};

constexpr CodeName kArmAccessCodes[] = {{0x101, "EXC_ARM_DA_ALIGN"}, {0x102, "EXC_ARM_DA_DEBUG"},
                                        {0x103, "EXC_ARM_SP_ALIGN"}, {0x104, "EXC_ARM_SWP"},
                                        {0x105, "EXC_ARM_PAC_FAIL"}, {0x106, "EXC_ARM_MTE_TAGCHECK_FAIL"}};
constexpr CodeName kArmInstructionCodes[] = {{1, "EXC_ARM_UNDEFINED"}};
constexpr CodeName kArmArithmeticCodes[] = {
    {0, "EXC_ARM_FP_UNDEFINED"}, {1, "EXC_ARM_FP_IO"}, {2, "EXC_ARM_FP_DZ"}, {3, "EXC_ARM_FP_OF"},
    {4, "EXC_ARM_FP_UF"},        {5, "EXC_ARM_FP_IX"}, {6, "EXC_ARM_FP_ID"}};
constexpr CodeName kArmBreakpointCodes[] = {
    {1, "EXC_ARM_BREAKPOINT"}, {0x101, "EXC_ARM_DA_ALIGN"}, {0x102, "EXC_ARM_DA_DEBUG"}};

constexpr CodeName kPpcAccessCodes[] = {
    {0x101, "EXC_PPC_VM_PROT_READ"}, {0x102, "EXC_PPC_BADSPACE"}, {0x103, "EXC_PPC_UNALIGNED"}};
constexpr CodeName kPpcInstructionCodes[] = {{1, "EXC_PPC_INVALID_SYSCALL"}, {2, "EXC_PPC_UNIPL_INST"},
                                             {3, "EXC_PPC_PRIVINST"},        {4, "EXC_PPC_PRIVREG"},
                                             {5, "EXC_PPC_TRACE"},           {6, "EXC_PPC_PERFMON"}};
constexpr CodeName kPpcArithmeticCodes[] = {
    {1, "EXC_PPC_OVERFLOW"},         {2, "EXC_PPC_ZERO_DIVIDE"},   {3, "EXC_FLT_INEXACT"},
    {4, "EXC_PPC_FLT_ZERO_DIVIDE"},  {5, "EXC_PPC_FLT_UNDERFLOW"}, {6, "EXC_PPC_FLT_OVERFLOW"},
    {7, "EXC_PPC_FLT_NOT_A_NUMBER"}, {8, "EXC_PPC_NOEMULATION"},   {9, "EXC_PPC_ALTIVECASSIST"}};
constexpr CodeName kPpcSoftwareCodes[] = {{1, "EXC_PPC_TRAP"}, {0x10100, "EXC_PPC_MIGRATE"}};
constexpr CodeName kPpcBreakpointCodes[] = {{1, "EXC_PPC_BREAKPOINT"}};

enum class Family : std::uint8_t { kAny, kX86, kArm, kPpc };

Family FamilyOf(model::Cpu cpu) {
  switch (cpu) {
    case model::Cpu::kX86:
    case model::Cpu::kAmd64: return Family::kX86;
    case model::Cpu::kArm:
    case model::Cpu::kArm64: return Family::kArm;
    case model::Cpu::kPpc:
    case model::Cpu::kPpc64: return Family::kPpc;
    default: return Family::kAny;
  }
}

struct ExceptionCodes {
  std::uint32_t exception;
  Family family;  // Of the CPUs that have these codes.
  std::span<const CodeName> codes;
};
constexpr ExceptionCodes kCodes[] = {
    {kBadAccess, Family::kAny, kAccessCodes},
    {kBadAccess, Family::kX86, kX86AccessCodes},
    {kBadAccess, Family::kArm, kArmAccessCodes},
    {kBadAccess, Family::kPpc, kPpcAccessCodes},
    {kBadInstruction, Family::kX86, kX86InstructionCodes},
    {kBadInstruction, Family::kArm, kArmInstructionCodes},
    {kBadInstruction, Family::kPpc, kPpcInstructionCodes},
    {kArithmetic, Family::kX86, kX86ArithmeticCodes},
    {kArithmetic, Family::kArm, kArmArithmeticCodes},
    {kArithmetic, Family::kPpc, kPpcArithmeticCodes},
    {kSoftware, Family::kAny, kSoftwareCodes},
    {kSoftware, Family::kPpc, kPpcSoftwareCodes},
    {kBreakpoint, Family::kX86, kX86BreakpointCodes},
    {kBreakpoint, Family::kArm, kArmBreakpointCodes},
    {kBreakpoint, Family::kPpc, kPpcBreakpointCodes},
};

// What stands behind the exception's name.
std::string CodeText(Family family, const ExceptionNumbers& exception) {
  if (exception.code == kResource || exception.code == kGuard) {
    std::string text = exception.code == kResource ? MacResourceText(exception) : MacGuardText(exception);
    if (!text.empty()) return text;
  }
  for (const ExceptionCodes& row : kCodes) {
    if (row.exception != exception.code || (row.family != Family::kAny && row.family != family)) continue;
    if (const std::string_view name = FindName(row.codes, exception.flags); !name.empty())
      return std::string(name);
  }
  return base::ToAddress(exception.flags, 8);
}

}  // namespace

Reason ReadMacReason(model::Cpu cpu, const ExceptionNumbers& exception) {
  const std::string_view name = FindName(kExceptions, exception.code);
  if (name.empty()) {
    return {UnknownException(exception.code, exception.flags), model::ProcessAddress{exception.address}};
  }
  Reason reason{std::string(name), model::ProcessAddress{exception.address}};
  if (exception.code <= kMaxKernelException) {
    reason.text.append(" / ").append(CodeText(FamilyOf(cpu), exception));
  }
  return reason;
}

}  // namespace cairn::crash
