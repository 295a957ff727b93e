#include "analysis/crash/reason.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::crash {
namespace {

model::SystemInfo System(model::Os os, model::Cpu cpu) {
  model::SystemInfo system;
  system.os = os;
  system.cpu = cpu;
  return system;
}

model::SystemInfo OnLinux(model::Cpu cpu = model::Cpu::kAmd64) { return System(model::Os::kLinux, cpu); }

std::string WindowsText(std::uint32_t code, std::vector<std::uint64_t> parameters = {}) {
  return ReadReason(System(model::Os::kWindows, model::Cpu::kAmd64), {.code = code, .parameters = parameters})
      .text;
}

std::string MacText(std::uint32_t code, std::uint32_t flags, model::Cpu cpu = model::Cpu::kAmd64,
                    std::vector<std::uint64_t> parameters = {}) {
  return ReadReason(System(model::Os::kMacOs, cpu), {.code = code, .flags = flags, .parameters = parameters})
      .text;
}

TEST(LinuxReason, NamesSignalAndCode) {
  const Reason reason = ReadReason(OnLinux(), {.code = 11, .flags = 1, .address = 0x10});
  EXPECT_EQ(reason.text, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x10});
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 4, .flags = 2}).text, "SIGILL / ILL_ILLOPN");
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 11, .flags = 0x80}).text, "SIGSEGV / SI_KERNEL");
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 17, .flags = 2}).text, "SIGCHLD / CLD_KILLED");
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 0xffffffff}).text, "DUMP_REQUESTED");
}

TEST(LinuxReason, NumbersWithoutNameStandInHex) {
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 11, .flags = 77}).text, "SIGSEGV / 0x0000004d");
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 99, .flags = 0}).text, "unknown 0x00000063 / 0x00000000");
  EXPECT_EQ(ReadReason(OnLinux(model::Cpu::kMips), {.code = 99}).text, "unknown 0x00000063 / 0x00000000");
}

TEST(LinuxReason, MipsNumbersSignalsOtherwise) {
  const Reason bus = ReadReason(OnLinux(model::Cpu::kMips), {.code = 10, .flags = 1, .address = 0x11});
  EXPECT_EQ(bus.text, "SIGBUS / BUS_ADRALN");
  EXPECT_EQ(bus.address, model::ProcessAddress{0x11});
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 10, .flags = 0xfffffffe}).text, "SIGUSR1 / SI_TIMER");
  EXPECT_EQ(ReadReason(OnLinux(model::Cpu::kMips64), {.code = 7}).text, "SIGEMT");
  EXPECT_EQ(ReadReason(OnLinux(model::Cpu::kMips64), {.code = 16, .flags = 0xfffffffe}).text,
            "SIGUSR1 / SI_ASYNCIO");
  EXPECT_EQ(ReadReason(OnLinux(model::Cpu::kMips), {.code = 11, .flags = 2}).text, "SIGSEGV / SEGV_ACCERR");
}

TEST(LinuxReason, SenderOfASignalIsNoAddress) {
  // abort() of glibc: tkill, so si_pid 0x39be and si_uid 0x3e8 stand where an address would.
  const Reason abort = ReadReason(OnLinux(), {.code = 6, .flags = 0xfffffffa, .address = 0x3e8000039be});
  EXPECT_EQ(abort.text, "SIGABRT / SI_TKILL");
  EXPECT_EQ(abort.address, std::nullopt);
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 11, .flags = 0, .address = 0x3e8000039be}).address, std::nullopt)
      << "kill -SEGV by user 1000";
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 11, .flags = 0, .address = 77, .process_id = 77}).address,
            std::nullopt)
      << "raise(SIGSEGV) by root";
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 17, .flags = 1, .address = 0x3e8000039be}).address, std::nullopt)
      << "a child that ended";
}

TEST(LinuxReason, OldWritersStoredNoCodeForFaults) {
  const Reason reason =
      ReadReason(OnLinux(), {.code = 11, .flags = 0, .address = 0x390000, .process_id = 77});
  EXPECT_EQ(reason.text, "SIGSEGV");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x390000});
}

TEST(WindowsReason, AccessViolationTakesKindAndAddressFromItsParameters) {
  const std::uint64_t parameters[] = {1, 0xffffffff80000045};
  const ExceptionNumbers exception{.code = 0xc0000005, .address = 0x400000, .parameters = parameters};
  const Reason reason = ReadReason(System(model::Os::kWindows, model::Cpu::kX86), exception);
  EXPECT_EQ(reason.text, "EXCEPTION_ACCESS_VIOLATION_WRITE");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x80000045}) << "32-bit CPUs have 32-bit addresses";
  EXPECT_EQ(ReadReason(System(model::Os::kWindows, model::Cpu::kAmd64), exception).address,
            model::ProcessAddress{0xffffffff80000045});
  EXPECT_EQ(WindowsText(0xc0000005, {8, 0x1000}), "EXCEPTION_ACCESS_VIOLATION_EXEC");
  EXPECT_EQ(WindowsText(0xc0000005), "EXCEPTION_ACCESS_VIOLATION");
  EXPECT_EQ(WindowsText(0xc0000005, {7, 0}), "EXCEPTION_ACCESS_VIOLATION");
  EXPECT_EQ(WindowsText(0xc0000005, {0x100000001, 0}), "EXCEPTION_ACCESS_VIOLATION");
}

TEST(WindowsReason, InPageErrorSaysWhatTheDiskSaid) {
  const std::uint64_t parameters[] = {0, 0x7ff612340000, 0xffffffffc0000185};
  const Reason reason = ReadReason(System(model::Os::kWindows, model::Cpu::kAmd64),
                                   {.code = 0xc0000006, .address = 1, .parameters = parameters});
  EXPECT_EQ(reason.text, "EXCEPTION_IN_PAGE_ERROR_READ / STATUS_IO_DEVICE_ERROR");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x7ff612340000});
  EXPECT_EQ(WindowsText(0xc0000006, {1, 2, 0xcfffffff}), "EXCEPTION_IN_PAGE_ERROR_WRITE / 0xcfffffff");
  EXPECT_EQ(WindowsText(0xc0000006, {1, 2}), "EXCEPTION_IN_PAGE_ERROR");
}

TEST(WindowsReason, FastFailCode) {
  EXPECT_EQ(WindowsText(0xc0000409, {7}), "EXCEPTION_STACK_BUFFER_OVERRUN / FAST_FAIL_FATAL_APP_EXIT");
  EXPECT_EQ(WindowsText(0xc0000409, {0xabcd}), "EXCEPTION_STACK_BUFFER_OVERRUN / 0x0000abcd");
  EXPECT_EQ(WindowsText(0xc0000409), "STATUS_STACK_BUFFER_OVERRUN") << "rust-minidump's words";
}

TEST(WindowsReason, NumbersThatSayWhatTheyAre) {
  EXPECT_EQ(WindowsText(0xc000000d), "STATUS_INVALID_PARAMETER");
  EXPECT_EQ(WindowsText(0xc0000374), "STATUS_HEAP_CORRUPTION");
  EXPECT_EQ(WindowsText(0xc06d007f), "FACILITY_VISUALCPP / ERROR_PROC_NOT_FOUND");
  EXPECT_EQ(WindowsText(0x40010005), "DBG_CONTROL_C");
  EXPECT_EQ(WindowsText(0xe06d7363), "Unhandled C++ Exception");
}

TEST(WindowsReason, SmallNumbersAreNoErrorsOfTheSystem) {
  EXPECT_EQ(WindowsText(1), "unknown 0x00000001") << "Unreal's ensure(), not ERROR_INVALID_FUNCTION";
  EXPECT_EQ(WindowsText(0), "unknown 0x00000000");
  EXPECT_EQ(WindowsText(0x102), "unknown 0x00000102") << "a wait's result is never raised";
  EXPECT_EQ(WindowsText(0x6ba), "RPC_S_SERVER_UNAVAILABLE") << "RpcRaiseException does raise such numbers";
}

TEST(MacReason, NamesExceptionAndCode) {
  EXPECT_EQ(MacText(1, 1), "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS");
  EXPECT_EQ(MacText(1, 13), "EXC_BAD_ACCESS / EXC_I386_GPFLT");
  EXPECT_EQ(MacText(2, 1), "EXC_BAD_INSTRUCTION / EXC_I386_INVOP");
  EXPECT_EQ(MacText(2, 1, model::Cpu::kArm64), "EXC_BAD_INSTRUCTION / EXC_ARM_UNDEFINED");
  EXPECT_EQ(MacText(1, 0x101, model::Cpu::kArm64), "EXC_BAD_ACCESS / EXC_ARM_DA_ALIGN");
  EXPECT_EQ(MacText(1, 0x101, model::Cpu::kPpc), "EXC_BAD_ACCESS / EXC_PPC_VM_PROT_READ");
  EXPECT_EQ(MacText(3, 1), "EXC_ARITHMETIC / EXC_I386_DIV");
  EXPECT_EQ(MacText(5, 0x10002), "EXC_SOFTWARE / SIGABRT");
  EXPECT_EQ(MacText(6, 1, model::Cpu::kArm64), "EXC_BREAKPOINT / EXC_ARM_BREAKPOINT");
  EXPECT_EQ(MacText(10, 0), "EXC_CRASH / 0x00000000");
}

TEST(MacReason, ExceptionsThatCrashpadMakes) {
  EXPECT_EQ(MacText(0x43506e78, 0), "Uncaught NSException");
  EXPECT_EQ(MacText(0x43507378, 0), "Simulated Exception");
  EXPECT_EQ(MacText(0, 0), "unknown 0x00000000 / 0x00000000");
}

// The flags of a dump are the upper half of the 64-bit code.
std::string Packed(std::uint32_t exception, std::uint64_t code, std::uint64_t subcode) {
  return MacText(exception, static_cast<std::uint32_t>(code >> 32), model::Cpu::kArm64,
                 {exception, code, subcode});
}

TEST(MacReason, ResourceLimits) {
  const auto code = [](std::uint64_t type, std::uint64_t flavor, std::uint64_t low) {
    return type << 61 | flavor << 58 | low;
  };
  EXPECT_EQ(Packed(11, code(1, 2, 180u << 7 | 50), 93),
            "EXC_RESOURCE / RESOURCE_TYPE_CPU / FLAVOR_CPU_MONITOR_FATAL interval: 180s CPU limit: 50% CPU "
            "consumed: 93%");
  EXPECT_EQ(Packed(11, code(2, 1, 300u << 20 | 150), 206),
            "EXC_RESOURCE / RESOURCE_TYPE_WAKEUPS / FLAVOR_WAKEUPS_MONITOR interval: 300s wakeups permitted: "
            "150 wakeups observed: 206");
  EXPECT_EQ(Packed(11, code(3, 1, 2098), 0),
            "EXC_RESOURCE / RESOURCE_TYPE_MEMORY / FLAVOR_HIGH_WATERMARK high watermark limit: 2098MiB");
  EXPECT_EQ(
      Packed(11, code(4, 2, 86400u << 15 | 2147), 2150),
      "EXC_RESOURCE / RESOURCE_TYPE_IO / FLAVOR_IO_LOGICAL_WRITES interval: 86400s I/O limit: 2147MB I/O "
      "observed: 2150MB");
  EXPECT_EQ(
      Packed(11, code(5, 1, 2048), 0),
      "EXC_RESOURCE / RESOURCE_TYPE_THREADS / FLAVOR_THREADS_HIGH_WATERMARK high watermark limit: 2048");
  EXPECT_EQ(Packed(11, code(1, 7, 1), 2),
            "EXC_RESOURCE / RESOURCE_TYPE_CPU / 0x3c00000000000001 / 0x0000000000000002");
}

TEST(MacReason, ResourceWithoutParameters) {
  EXPECT_EQ(MacText(11, 1u << 29), "EXC_RESOURCE / RESOURCE_TYPE_CPU");
  EXPECT_EQ(MacText(11, 0), "EXC_RESOURCE / 0x00000000");
  EXPECT_EQ(MacText(11, 7u << 29), "EXC_RESOURCE / 0xe0000000");
}

TEST(MacReason, Guards) {
  const auto code = [](std::uint64_t type, std::uint64_t flavor, std::uint64_t target) {
    return type << 61 | flavor << 32 | target;
  };
  EXPECT_EQ(Packed(12, code(1, 1u << 10, 0x203), 0),
            "EXC_GUARD / GUARD_TYPE_MACH_PORT / GUARD_EXC_INVALID_VALUE port name: 515");
  EXPECT_EQ(Packed(12, code(1, 2, 0x203), 9),
            "EXC_GUARD / GUARD_TYPE_MACH_PORT / GUARD_EXC_MOD_REFS port name: 515 subcode: 9");
  EXPECT_EQ(Packed(12, code(2, 1, 17), 0x1234),
            "EXC_GUARD / GUARD_TYPE_FD / GUARD_EXC_CLOSE file descriptor: 17 guard identifier: 4660");
  EXPECT_EQ(Packed(12, code(3, 0, 2), 5), "EXC_GUARD / GUARD_TYPE_USER / namespace: 2 guard identifier: 5");
  EXPECT_EQ(Packed(12, code(4, 4, 77), 0),
            "EXC_GUARD / GUARD_TYPE_VN / GUARD_EXC_UNLINK pid: 77 guard identifier: 0");
  EXPECT_EQ(Packed(12, code(5, 1, 0), 64),
            "EXC_GUARD / GUARD_TYPE_VIRT_MEMORY / GUARD_EXC_DEALLOC_GAP offset: 64");
  EXPECT_EQ(Packed(12, code(6, 1, 0), 59),
            "EXC_GUARD / GUARD_TYPE_REJECTED_SC / GUARD_EXC_UNIX_SYSCALL syscall: 59");
  EXPECT_EQ(Packed(12, code(2, 128, 17), 1),
            "EXC_GUARD / GUARD_TYPE_FD / 0x4000008000000011 / 0x0000000000000001");
  EXPECT_EQ(Packed(12, 0, 0), "EXC_GUARD / GUARD_TYPE_NONE");
  EXPECT_EQ(MacText(12, 7u << 29), "EXC_GUARD / 0xe0000000");
}

TEST(OtherReason, NamesTheNumbersOfEachSystem) {
  const auto text = [](model::Os os, std::uint32_t code) {
    return ReadReason(System(os, model::Cpu::kAmd64), {.code = code, .flags = 3}).text;
  };
  EXPECT_EQ(text(model::Os::kFuchsia, 0x108), "FATAL_PAGE_FAULT");
  EXPECT_EQ(text(model::Os::kSolaris, 10), "SIGBUS");
  EXPECT_EQ(text(model::Os::kPs3, 6), "DATA_STORAGE");
  EXPECT_EQ(text(model::Os::kNaCl, 11), "unknown 0x0000000b / 0x00000003");
  EXPECT_EQ(text(model::Os::kFuchsia, 1), "unknown 0x00000001 / 0x00000003");
}

}  // namespace
}  // namespace cairn::crash
