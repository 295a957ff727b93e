#include "analysis/crash/stack_overflow.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace cairn::crash {
namespace {

// A thread's stack:   0x70000  guard  0x71000  stack  0x80000
std::vector<model::MemoryMapping> StackWithGuard() {
  return {{.start = {0x1000}, .end = {0x2000}, .readable = true, .executable = true},
          {.start = {0x70000}, .end = {0x71000}},
          {.start = {0x71000}, .end = {0x80000}, .readable = true, .writable = true}};
}

bool Overflows(std::uint64_t sp, std::uint64_t address, const std::vector<model::MemoryMapping>& regions,
               Fault::Kind kind = Fault::Kind::kAccess, model::Cpu cpu = model::Cpu::kAmd64,
               std::vector<model::MemoryView> memory = {}) {
  model::SystemInfo system;
  system.os = model::Os::kLinux;
  system.cpu = cpu;
  model::Registers registers;
  registers.Set(model::FindRegisterTable(cpu)->sp, sp);
  return IsStackOverflow({.system = system,
                          .exception = ExceptionNumbers(),
                          .context = registers,
                          .regions = regions,
                          .memory = memory},
                         {.kind = kind, .address = {address}});
}

TEST(StackOverflow, PushIntoTheGuard) {
  EXPECT_TRUE(Overflows(0x71000, 0x70ff8, StackWithGuard()));
  EXPECT_TRUE(Overflows(0x71000, 0x70ff0, StackWithGuard(), Fault::Kind::kAccess, model::Cpu::kArm64));
}

TEST(StackOverflow, LargeFrameOverTheGuard) {
  EXPECT_TRUE(Overflows(0x60000, 0x70010, StackWithGuard()))
      << "the stack pointer is far below, the access in it";
  EXPECT_TRUE(Overflows(0x60000, 0x60010, StackWithGuard())) << "even below the guard";
}

TEST(StackOverflow, MainThreadHasNothingBelow) {
  std::vector<model::MemoryMapping> regions = StackWithGuard();
  regions.erase(regions.begin() + 1);
  EXPECT_TRUE(Overflows(0x71000, 0x70ff8, regions));
}

TEST(StackOverflow, GuardOfSeveralParts) {
  std::vector<model::MemoryMapping> regions = StackWithGuard();
  regions[1].end = {0x70800};
  regions.insert(regions.begin() + 2, {.start = {0x70800}, .end = {0x71000}});
  EXPECT_TRUE(Overflows(0x70100, 0x700f8, regions));
}

TEST(StackOverflow, WindowsSaysSo) { EXPECT_TRUE(Overflows(0, 0, {}, Fault::Kind::kStackOverflow)); }

TEST(StackOverflow, OtherFaults) {
  EXPECT_FALSE(Overflows(0x78000, 0, StackWithGuard())) << "a null pointer";
  EXPECT_FALSE(Overflows(0x78000, 0x70ff8, StackWithGuard())) << "a wild pointer into the guard";
  EXPECT_FALSE(Overflows(0x71000, 0x71000, StackWithGuard())) << "memory that is there";
  EXPECT_FALSE(Overflows(0x90000, 0x90000, StackWithGuard())) << "no stack above";
  EXPECT_FALSE(Overflows(0x71000, 0x70ff8, {})) << "mappings are not known";
  EXPECT_FALSE(Overflows(0x71000, 0x70ff8, StackWithGuard(), Fault::Kind::kOther)) << "no access failed";
}

TEST(StackOverflow, WithoutMappingsTheStackInTheDumpTells) {
  constexpr std::array<std::byte, 0x1000> kStack{};
  const auto overflows = [&](std::uint64_t sp, std::uint64_t address) {
    return Overflows(sp, address, {}, Fault::Kind::kAccess, model::Cpu::kAmd64, {{{0x71000}, kStack}});
  };
  EXPECT_TRUE(overflows(0x71000, 0x70ff8)) << "a push";
  EXPECT_TRUE(overflows(0x60000, 0x60010)) << "a large frame";
  EXPECT_FALSE(overflows(0x71800, 0x71800)) << "not below the stack";
  EXPECT_FALSE(overflows(0x71100, 0)) << "a null pointer";
  EXPECT_FALSE(overflows(0x90000, 0x8fff8)) << "another stack";
}

TEST(StackOverflow, MemoryThatTheDumpHoldsWasThere) {
  const std::array<std::byte, 0x100> bytes{};
  const std::vector<model::MemoryView> memory = {{{0x70000}, bytes}, {{0x71000}, bytes}};
  const auto overflows = [&](std::uint64_t address) {
    return Overflows(0x70080, address, {}, Fault::Kind::kAccess, model::Cpu::kAmd64, memory);
  };
  EXPECT_FALSE(overflows(0x70090)) << "as when code on the stack is executed";
  EXPECT_TRUE(overflows(0x6fff8));
}

}  // namespace
}  // namespace cairn::crash
