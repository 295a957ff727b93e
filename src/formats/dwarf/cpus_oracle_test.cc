// Compares our rows of other CPUs' code with those that llvm-dwarfdump prints. clang and lld make the files,
// each once with .eh_frame and once with .debug_frame alone.
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "base/hex.h"
#include "formats/dwarf/elf_unwind_tables.h"

namespace cairn::dwarf {
namespace {

using model::Rule;
using model::RuleOp;

constexpr const char* kSource = R"(
volatile int sink;
__attribute__((noinline)) static int leaf(int a) { return a * 3 + 1; }
__attribute__((noinline)) int many(int a, int b, int c, int d, double e) {
  int x = leaf(a), y = leaf(b), z = leaf(c), w = leaf(d);
  for (int i = 0; i < a; ++i) { x += leaf(y); z ^= leaf(w + i); e *= leaf((int)e); }
  return x + y * z + w + (int)e;
}
int dynamic(int n) {
  volatile char* p = __builtin_alloca((n & 31) + 16);
  p[0] = 1;
  sink = many(p[0], n, 1, 2, 0.5);
  return p[0] + leaf(n);
}
int big(int a) { volatile char b[20000]; b[a] = 1; return many(a, b[a], b[a + 1], 0, a); }
)";

struct Target {
  const char* name;
  const char* triple;
  model::Cpu cpu;
};

class CpusOracle : public ::testing::TestWithParam<Target> {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "cairn-cpus-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool Make(const std::string& options) {
    std::ofstream(folder_ / "source.c") << kSource;
    const std::string command =
        "cd " + folder_.string() + " && clang-19 -target " + GetParam().triple + " -O2 -fPIC " +
        "-fno-builtin -fno-stack-protector " + options + " -c source.c -o source.o 2>/dev/null && " +
        "ld.lld-19 -shared -o library source.o 2>/dev/null && llvm-dwarfdump-19 --eh-frame " +
        "--debug-frame library >rows 2>/dev/null";
    return std::system(command.c_str()) == 0;
  }
  std::string Read(const char* name) const {
    std::ifstream stream(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  // "W19", "SP_64" or "EBX" to our number; nothing for registers that a walk does not follow.
  std::optional<model::RegisterIndex> Index(std::string name) const {
    const model::RegisterTable& table = *model::FindRegisterTable(GetParam().cpu);
    if (name.ends_with("_64")) name.resize(name.size() - 3);
    for (char& c : name) c = static_cast<char>(tolower(c));
    if (name == "wsp") return table.sp;
    const bool numbered = (name[0] == 'w' || name[0] == 'x') && isdigit(name[1]) != 0;
    if (numbered) return static_cast<model::RegisterIndex>(std::strtoul(name.c_str() + 1, nullptr, 10));
    return model::FindRegister(table, name);
  }

  // What a row says, by register; the CFA stands under -1.
  using Row = std::map<int, std::string>;

  // "W29+96: W19=[CFA-8], B8=[CFA-16]"
  Row ParseRow(const std::string& text) const {
    Row row;
    const std::size_t colon = text.find(':');
    row[-1] = Renamed(text.substr(0, colon));
    std::istringstream rules(colon == std::string::npos ? std::string() : text.substr(colon + 1));
    for (std::string rule; std::getline(rules, rule, ',');) {
      const std::size_t equal = rule.find('=');
      const auto index = Index(rule.substr(1, equal - 1));
      if (index) row[*index] = rule.substr(equal + 1);
    }
    return row;
  }
  // "WSP+16" to "31+16".
  std::string Renamed(const std::string& value) const {
    const std::size_t end = value.find_first_of("+-");
    const auto index = Index(value.substr(0, end));
    return std::to_string(index.value_or(99)) + (end == std::string::npos ? "" : value.substr(end));
  }

  static std::string Text(const Rule& rule) {
    if (rule.empty()) return "undefined";
    const bool load = rule.back().op == RuleOp::kDereference;
    std::string text = rule[0].op == RuleOp::kCfa ? "CFA" : std::to_string(rule[0].value);
    if (rule.size() > 2) text += (rule[2].op == RuleOp::kAdd ? "+" : "-") + std::to_string(rule[1].value);
    return load ? "[" + text + "]" : text;
  }
  Row ParseRow(const model::UnwindRow& unwind_row) const {
    const model::RegisterTable& table = *model::FindRegisterTable(GetParam().cpu);
    Row row;
    row[-1] = Text(unwind_row.cfa);
    for (const model::RegisterRule& rule : unwind_row.registers) row[rule.index] = Text(rule.rule);
    const int return_column = table.link != model::kNoRegister ? table.link : table.pc;
    // dwarfdump does not print that the link register is still untouched.
    const std::string return_address = Text(unwind_row.return_address);
    if (return_address != std::to_string(return_column)) row[return_column] = return_address;
    return row;
  }

  void Compare() {
    const std::string bytes = Read("library");
    const auto file = object::ElfFile::Open(base::AsBytes(bytes));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->cpu(), GetParam().cpu);
    const auto tables = ElfUnwindTables::Create(*file);
    ASSERT_TRUE(tables) << base::Describe(tables.error());
    std::istringstream lines(Read("rows"));
    std::size_t rows = 0;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t place = line.find(": CFA=");
      if (!line.starts_with("  0x") || place == std::string::npos) continue;
      const auto address = base::ParseHex(std::string_view(line).substr(4, place - 4));
      ASSERT_TRUE(address) << line;
      const auto ours = tables->FindUnwindRow(file->OffsetOf({*address}));
      ASSERT_TRUE(ours) << line;
      EXPECT_EQ(ParseRow(*ours), ParseRow(line.substr(place + 6))) << line;
      ++rows;
    }
    EXPECT_GE(rows, 5u);
  }

  std::filesystem::path folder_;
};

class ExceptionTablesOracle : public CpusOracle {};

TEST_P(ExceptionTablesOracle, HaveDwarfdumpsRows) {
  if (!Make("-fasynchronous-unwind-tables"))
    GTEST_SKIP() << "clang-19, lld-19 or llvm-dwarfdump-19 is not here";
  Compare();
}

class DebugFrameOracle : public CpusOracle {};

TEST_P(DebugFrameOracle, HasDwarfdumpsRows) {
  if (!Make("-g -fno-asynchronous-unwind-tables -fno-unwind-tables")) {
    GTEST_SKIP() << "clang-19, lld-19 or llvm-dwarfdump-19 is not here";
  }
  Compare();
}

constexpr Target kTargets[] = {
    {"Arm", "armv7-linux-gnueabi",
     model::Cpu::kArm},  // The first: it has .ARM.exidx in the place of .eh_frame.
    {"X86", "i386-linux-gnu", model::Cpu::kX86},
    {"Amd64", "x86_64-linux-gnu", model::Cpu::kAmd64},
    {"Arm64", "aarch64-linux-gnu", model::Cpu::kArm64},
    {"Riscv64", "riscv64-linux-gnu", model::Cpu::kRiscv64},
    {"Mips", "mipsel-linux-gnu", model::Cpu::kMips},
    {"Mips64", "mips64el-linux-gnuabi64", model::Cpu::kMips64},
};

std::string NameOf(const ::testing::TestParamInfo<Target>& target) { return target.param.name; }

INSTANTIATE_TEST_SUITE_P(Targets, DebugFrameOracle, ::testing::ValuesIn(kTargets), NameOf);
INSTANTIATE_TEST_SUITE_P(Targets, ExceptionTablesOracle,
                         ::testing::ValuesIn(std::begin(kTargets) + 1, std::end(kTargets)), NameOf);

}  // namespace
}  // namespace cairn::dwarf
