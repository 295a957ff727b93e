#include "analysis/crash/fault.h"

#include <gtest/gtest.h>

#include <vector>

namespace cairn::crash {
namespace {

using Kind = Fault::Kind;

Fault Classify(model::Os os, ExceptionNumbers exception) {
  model::SystemInfo system;
  system.os = os;
  system.cpu = model::Cpu::kAmd64;
  return ClassifyFault(system, exception, ReadReason(system, exception).address);
}

TEST(Fault, Linux) {
  EXPECT_EQ(Classify(model::Os::kLinux, {.code = 11, .flags = 1, .address = 8}).kind, Kind::kAccess);
  EXPECT_EQ(Classify(model::Os::kLinux, {.code = 11, .flags = 0x80}).kind, Kind::kGeneralProtection);
  EXPECT_EQ(Classify(model::Os::kAndroid, {.code = 7, .flags = 2, .address = 8}).kind, Kind::kAccess);
  EXPECT_EQ(Classify(model::Os::kLinux, {.code = 8, .flags = 1}).kind, Kind::kDivideByZero);
  EXPECT_EQ(Classify(model::Os::kLinux, {.code = 4, .flags = 5}).kind, Kind::kPrivilegedInstruction);
  EXPECT_EQ(Classify(model::Os::kLinux, {.code = 11, .flags = 0xfffffffa, .address = 8}).kind, Kind::kOther)
      << "a signal that was sent";
}

TEST(Fault, Windows) {
  const std::vector<std::uint64_t> write = {1, 0x5000};
  const Fault fault = Classify(model::Os::kWindows, {.code = 0xc0000005, .address = 1, .parameters = write});
  EXPECT_EQ(fault.kind, Kind::kAccess);
  EXPECT_EQ(fault.access, model::AccessKind::kWrite);
  EXPECT_EQ(fault.address, model::ProcessAddress{0x5000});
  const std::vector<std::uint64_t> execute = {8, 0x5000};
  EXPECT_TRUE(Classify(model::Os::kWindows, {.code = 0xc0000005, .parameters = execute}).is_execution);
  const std::vector<std::uint64_t> nowhere = {0, ~std::uint64_t{0}};
  EXPECT_EQ(Classify(model::Os::kWindows, {.code = 0xc0000005, .parameters = nowhere}).kind,
            Kind::kGeneralProtection);
  const std::vector<std::uint64_t> disk = {0, 0x5000, 0xc0000185};
  EXPECT_EQ(Classify(model::Os::kWindows, {.code = 0xc0000006, .parameters = disk}).kind, Kind::kOther);
  EXPECT_EQ(Classify(model::Os::kWindows, {.code = 0xc00000fd}).kind, Kind::kStackOverflow);
  EXPECT_EQ(Classify(model::Os::kWindows, {.code = 0xc0000094}).kind, Kind::kDivideByZero);
  EXPECT_EQ(Classify(model::Os::kWindows, {.code = 0xc0000096}).kind, Kind::kPrivilegedInstruction);
  EXPECT_EQ(Classify(model::Os::kWindows, {.code = 0xc0000005, .address = 1}).kind, Kind::kOther)
      << "without parameters nobody knows the address";
}

TEST(Fault, Mac) {
  EXPECT_EQ(Classify(model::Os::kMacOs, {.code = 1, .flags = 1, .address = 8}).kind, Kind::kAccess);
  EXPECT_EQ(Classify(model::Os::kMacOs, {.code = 1, .flags = 13}).kind, Kind::kGeneralProtection);
  EXPECT_EQ(Classify(model::Os::kMacOs, {.code = 3, .flags = 1}).kind, Kind::kDivideByZero);
  EXPECT_EQ(Classify(model::Os::kMacOs, {.code = 6, .flags = 2}).kind, Kind::kOther);
}

}  // namespace
}  // namespace cairn::crash
