#include "analysis/crash/reason.h"

#include <gtest/gtest.h>

namespace cairn::crash {
namespace {

constexpr model::SystemInfo OnLinux() {
  model::SystemInfo system;
  system.os = model::Os::kLinux;
  system.cpu = model::Cpu::kAmd64;
  return system;
}

TEST(LinuxReason, NamesSignalAndCode) {
  const Reason reason = ReadReason(OnLinux(), {.code = 11, .flags = 1, .address = 0x10});
  EXPECT_EQ(reason.text, "SIGSEGV / SEGV_MAPERR");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x10});
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 4, .flags = 2}).text, "SIGILL / ILL_ILLOPN");
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 11, .flags = 0x80}).text, "SIGSEGV / SI_KERNEL");
}

TEST(LinuxReason, NumbersWithoutNameStandInHex) {
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 11, .flags = 77}).text, "SIGSEGV / 0x0000004d");
  EXPECT_EQ(ReadReason(OnLinux(), {.code = 99, .flags = 0}).text, "unknown 0x00000063 / 0x00000000");
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
}

TEST(LinuxReason, OldWritersStoredNoCodeForFaults) {
  const Reason reason =
      ReadReason(OnLinux(), {.code = 11, .flags = 0, .address = 0x390000, .process_id = 77});
  EXPECT_EQ(reason.text, "SIGSEGV");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x390000});
}

TEST(WindowsReason, AccessViolationTakesKindAndAddressFromItsParameters) {
  model::SystemInfo system;
  system.os = model::Os::kWindows;
  system.cpu = model::Cpu::kX86;
  const std::uint64_t parameters[] = {1, 0xffffffff80000045};
  const Reason reason =
      ReadReason(system, {.code = 0xc0000005, .address = 0x400000, .parameters = parameters});
  EXPECT_EQ(reason.text, "EXCEPTION_ACCESS_VIOLATION_WRITE");
  EXPECT_EQ(reason.address, model::ProcessAddress{0x80000045}) << "32-bit CPUs have 32-bit addresses";
  EXPECT_EQ(ReadReason(system, {.code = 1, .flags = 2}).text, "unknown 0x00000001 / 0x00000002");
}

TEST(MacReason, NamesExceptionAndCode) {
  model::SystemInfo system;
  system.os = model::Os::kMacOs;
  system.cpu = model::Cpu::kAmd64;
  EXPECT_EQ(ReadReason(system, {.code = 1, .flags = 1}).text, "EXC_BAD_ACCESS / KERN_INVALID_ADDRESS");
  EXPECT_EQ(ReadReason(system, {.code = 2, .flags = 1}).text, "EXC_BAD_INSTRUCTION / EXC_I386_INVOP");
  EXPECT_EQ(ReadReason(system, {.code = 10, .flags = 0}).text, "EXC_CRASH / 0x00000000");
}

}  // namespace
}  // namespace cairn::crash
