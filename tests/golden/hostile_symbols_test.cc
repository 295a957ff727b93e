// `cairn stackwalk` with symbols that kill or hang the tools that it replaces.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/hex.h"
#include "testing/context_builder.h"
#include "testing/minidump_builder.h"
#include "testing/stack_builder.h"
#include "tests/run_command.h"

namespace cairn::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kModule = 0x400000;
constexpr std::uint64_t kStack = 0x7ffd0000;
constexpr std::uint16_t kArm64 = 12;  // PROCESSOR_ARCHITECTURE_ARM64
constexpr std::string_view kHead =
    "MODULE Linux arm64 33221100554477668899AABBCCDDEEFF0 app\n"
    "FUNC 1000 100 0 ping\nFUNC 1100 100 0 pong\n";

// Where the thread crashed in ping, with words on its stack that are return addresses.
std::vector<std::byte> Dump() {
  model::Registers registers;
  registers.Set(model::kArm64Pc, kModule + 0x1010);
  registers.Set(model::kArm64Sp, kStack);
  registers.Set(model::kArm64Fp, 0);
  registers.Set(model::kArm64Lr, kModule + 0x1120);
  testing::StackBuilder stack(kStack);
  for (int i = 0; i < 64; ++i) stack.Word(kModule + 0x1120);
  testing::MinidumpBuilder dump;
  dump.System({.architecture = kArm64});
  dump.Thread({.id = 1, .context = testing::Arm64Context(registers), .stack = stack.Build()});
  dump.Module(
      {.base = kModule,
       .size = 0x10000,
       .name = "/bin/app",
       .code_view = testing::ElfCodeView(*base::HexToBytes("00112233445566778899aabbccddeeff01020304"))});
  dump.Exception({.thread_id = 1, .code = 11, .flags = 1, .context = testing::Arm64Context(registers)});
  return dump.Build();
}

class HostileSymbolsTest : public ::testing::TestWithParam<std::string> {};

TEST_P(HostileSymbolsTest, TheWalkEnds) {
  const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = info->name();
  std::ranges::replace(name, '/', '_');
  const fs::path folder = fs::path(CAIRN_BINARY_DIR) / "tests" / "hostile" / name;
  fs::remove_all(folder);
  WriteWhole(folder / "app.dmp", std::string(base::AsText(Dump())));
  WriteWhole(folder / "symbols/app/33221100554477668899AABBCCDDEEFF0/app.sym",
             std::string(kHead) + GetParam());
  for (const std::string way : {"--no-symbols-cache", "--symbols-cache=cache"}) {
    const CommandResult result =
        RunCommand({"timeout", "10", "env", "-C", folder.string(), CAIRN_BINARY_DIR "/bin/cairn", "stackwalk",
                    "--human", way, "--symbols-path", "symbols", "app.dmp"},
                   folder);
    EXPECT_EQ(result.exit_code, 0) << way << ": " << result.errors;
    EXPECT_NE(result.output.find("app!ping"), std::string::npos) << way << ": " << result.output;
    // The 64 words of the stack, the frame of the crash, and what rows may add before they are given up.
    EXPECT_EQ(result.output.find("\n  70  "), std::string::npos) << way << ": the walk went on";
  }
  fs::remove_all(folder);
}

// A row of the crash, and one of its caller.
std::string Rows(const std::string& ping, const std::string& pong) {
  return "STACK CFI INIT 1000 100 " + ping + "\nSTACK CFI INIT 1100 100 " + pong + "\n";
}

const std::string kDivides = ".cfa: sp 0 / .ra: x30";    // Breakpad dies of SIGFPE.
const std::string kTakesRest = ".cfa: sp 0 % .ra: x30";  // So it does.
const std::string kDividesLeast = ".cfa: 0 9223372036854775807 - 1 - 0 1 - / .ra: x30";  // INT64_MIN / -1
const std::string kToPong = ".cfa: sp .ra: 4198688";                                     // 0x401120
const std::string kToPing = ".cfa: sp .ra: 4198432";  // 0x401020. rust-minidump fills the memory with frames.

INSTANTIATE_TEST_SUITE_P(Rows, HostileSymbolsTest,
                         ::testing::Values(Rows(kDivides, kDivides), Rows(kTakesRest, kTakesRest),
                                           Rows(kDividesLeast, kDividesLeast), Rows(kToPong, kToPing),
                                           Rows(kToPong, kToPong)));

}  // namespace
}  // namespace cairn::tests
