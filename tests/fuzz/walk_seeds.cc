// Writes a dump and a symbol file of each CPU, as whole_walk_fuzz reads them, into a folder: walk_seeds
// FOLDER
//
// Each stack has a frame of every kind: named by inlines, found by an unwind row, by the frame pointer and by
// a scan. Two more have rows that kill the tools which Cairn replaces (tests/golden/hostile_symbols_test.cc).
#include <bit>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "testing/byte_sink.h"
#include "testing/context_builder.h"
#include "testing/minidump_builder.h"
#include "testing/stack_builder.h"
#include "tests/run_command.h"

namespace {

using namespace cairn;  // NOLINT: one small program.

constexpr std::uint64_t kModule = 0x400000;
constexpr std::uint64_t kStack = 0x7ffd0000;
constexpr std::uint32_t kLinux = 0x8201;
constexpr std::uint32_t kWindows = 2;

struct Seed {
  std::string_view name;
  model::Cpu cpu;
  std::string_view arch;  // As MODULE writes it.
  std::uint16_t architecture;
  std::uint32_t platform;
  int word_bytes;
  std::vector<std::byte> (*context)(const model::Registers&, std::endian);
  std::endian order = std::endian::little;
};

const Seed kSeeds[] = {
    {"amd64", model::Cpu::kAmd64, "x86_64", 9, kLinux, 8, testing::Amd64Context},
    {"amd64-windows", model::Cpu::kAmd64, "x86_64", 9, kWindows, 8, testing::Amd64Context},
    {"x86", model::Cpu::kX86, "x86", 0, kLinux, 4, testing::X86Context},
    {"x86-windows", model::Cpu::kX86, "x86", 0, kWindows, 4, testing::X86Context},
    {"arm", model::Cpu::kArm, "arm", 5, kLinux, 4, testing::ArmContext},
    {"arm64", model::Cpu::kArm64, "arm64", 12, kLinux, 8, testing::Arm64Context},
    {"arm64-old", model::Cpu::kArm64, "arm64", 0x8003, kLinux, 8, testing::Arm64OldContext},
    {"mips", model::Cpu::kMips, "mips", 1, kLinux, 4, testing::MipsContext},
    {"mips-big-endian", model::Cpu::kMips, "mips", 1, kLinux, 4, testing::MipsContext, std::endian::big},
    {"mips64", model::Cpu::kMips64, "mips64", 0x8004, kLinux, 8, testing::Mips64Context},
    {"riscv", model::Cpu::kRiscv, "riscv", 0x8005, kLinux, 4, testing::RiscvContext},
    {"riscv64", model::Cpu::kRiscv64, "riscv64", 0x8006, kLinux, 8, testing::Riscv64Context},
};

// Inner, with a row, is called by Outer, which has a frame record, and that by main, which a scan finds.
std::vector<std::byte> Dump(const Seed& seed, const model::RegisterTable& table) {
  const auto word = static_cast<std::uint64_t>(seed.word_bytes);
  testing::StackBuilder stack(kStack, seed.order, seed.word_bytes);
  stack.Words(2, 0x1234);  // Inner's.
  stack.Word(kStack + 8 * word)
      .Word(kModule + 0x1124);           // Outer's frame pointer, and where in it Inner returns.
  stack.Words(4, 0);                     // Outer's.
  stack.Word(0).Word(kModule + 0x1224);  // The chain of records ends in main.
  stack.Words(3, 0x77).Word(kModule + 0x1310).Words(16, 0);
  model::Registers registers;
  registers.Set(table.pc, kModule + 0x1010);
  registers.Set(table.sp, kStack);
  registers.Set(table.fp, kStack + 8 * word);
  if (table.link != model::kNoRegister) registers.Set(table.link, kModule + 0x1124);
  const std::vector<std::byte> context = seed.context(registers, seed.order);

  testing::MinidumpBuilder dump(seed.order);
  dump.System({.architecture = seed.architecture, .platform = seed.platform});
  dump.Thread({.id = 1, .context = context, .stack = stack.Build()});
  const auto build_id = base::HexToBytes("00112233445566778899aabbccddeeff01020304");
  dump.Module({.base = kModule,
               .size = 0x10000,
               .name = "/bin/app",
               .code_view = testing::ElfCodeView(*build_id, seed.order)});
  dump.Exception({.thread_id = 1, .code = 11, .flags = 1, .address = 0x10, .context = context});
  return dump.Build();
}

std::string Functions(const Seed& seed) {
  return std::string("MODULE Linux ")
      .append(seed.arch)
      .append(
          " 33221100554477668899AABBCCDDEEFF0 app\nFILE 0 a.cc\nINLINE_ORIGIN 0 Peek\n"
          "FUNC 1000 100 0 Inner()\nINLINE 0 9 0 0 1008 20\n1000 100 7 0\nFUNC 1100 100 8 Outer(int)\n"
          "1100 100 20 0\nFUNC 1200 100 0 main\n1200 100 30 0\nPUBLIC 1300 0 _start\n");
}

std::string Rows(const Seed& seed, const model::RegisterTable& table) {
  const auto name = [&](model::RegisterIndex index) { return "$" + std::string(table.names[index]); };
  const std::string word = std::to_string(seed.word_bytes);
  const std::string two = std::to_string(2 * seed.word_bytes);
  std::string text = "STACK CFI INIT 1000 100 .cfa: " + name(table.sp) + " " + word + " + .ra: .cfa -" +
                     word + " + ^\nSTACK CFI 1004 .cfa: " + name(table.sp) + " " +
                     std::to_string(4 * seed.word_bytes) + " + " + name(table.fp) + ": .cfa -" + two +
                     " + ^\n";
  if (seed.platform == kWindows && seed.cpu == model::Cpu::kX86) {
    text = "STACK WIN 4 1000 100 3 0 8 4 8 0 1 $T0 $esp 8 + = $eip $T0 4 + ^ = $ebp $T0 ^ = $esp $T0 8 + =\n";
  }
  return text;
}

std::string Input(const std::vector<std::byte>& dump, const std::string& symbols) {
  testing::ByteSink size(std::endian::little);
  size.U32(static_cast<std::uint32_t>(dump.size()));
  return std::string(base::AsText(size.bytes())).append(base::AsText(dump)).append(symbols);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (const Seed& seed : kSeeds) {
    const model::RegisterTable& table = *model::FindRegisterTable(seed.cpu);
    const std::vector<std::byte> dump = Dump(seed, table);
    const std::string functions = Functions(seed);
    const std::string name(seed.name);
    tests::WriteWhole(folder / ("walk-" + name), Input(dump, functions + Rows(seed, table)));
    if (seed.name != "arm64") continue;
    tests::WriteWhole(folder / ("walk-" + name + "-divides"),
                      Input(dump, functions + "STACK CFI INIT 1000 200 .cfa: sp 0 / .ra: x30\n"));
    // 0x401120 and 0x401020.
    tests::WriteWhole(folder / ("walk-" + name + "-back-and-forth"),
                      Input(dump, functions + "STACK CFI INIT 1000 100 .cfa: sp .ra: 4198688\n"
                                              "STACK CFI INIT 1100 100 .cfa: sp .ra: 4198432\n"));
  }
  return 0;
}
